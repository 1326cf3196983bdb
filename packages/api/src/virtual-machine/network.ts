import * as z from 'zod';
import { LAUNCHER_PORT, LAUNCHER_READINESS_PORT } from '../machine.ts';
import { DnsLabel } from '../schema/names.ts';
import { listMap, rules } from '../schema/rules.ts';

const Port = z
  .object({
    name: DnsLabel.max(15).optional().describe('Name of the port.'),
    port: z.int().min(1).max(65535).describe("Port of the guest, reachable on the VM's IP."),
    protocol: z.enum(['TCP', 'UDP']).default('TCP').describe('Protocol of the port.'),
  })
  .meta(
    rules({
      rule: `self.port != ${LAUNCHER_PORT} && self.port != ${LAUNCHER_READINESS_PORT}`,
      message: `ports ${LAUNCHER_PORT} and ${LAUNCHER_READINESS_PORT} belong to the launcher`,
      fieldPath: '.port',
    }),
  );

/** A machine has places for so many. */
const NETWORKS_MAX = 4;

// CEL's own isIP is too new for a CRD on Kubernetes 1.30. Of IPv6 this checks the characters, not the grouping.
const OCTET = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const IPV4 = `(${OCTET}[.]){3}${OCTET}(/(3[0-2]|[12]?[0-9]))?`;
const IPV6 = '[0-9A-Fa-f]*:[0-9A-Fa-f:.]+(/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))?';
const IP_OR_CIDR = `^(${IPV4}|${IPV6})$`;

export const MacAddress = z
  .string()
  .max(17)
  .regex(/^[0-9A-Fa-f][02468ACEace](:[0-9A-Fa-f]{2}){5}$/);

const multusName = {
  rule: "has(self.multusNetworkName) == (self.type == 'multus')",
  message: 'multusNetworkName goes with type multus, and type multus needs it',
  fieldPath: '.multusNetworkName',
} as const;

export const Network = z
  .object({
    name: DnsLabel.describe('Name of the network.'),
    type: z
      .enum(['pod-network', 'bridge', 'multus'])
      .default('pod-network')
      .describe("The pod's own network, a bridge of the node, or a NetworkAttachmentDefinition."),
    binding: z
      .enum(['masquerade', 'user'])
      .optional()
      .describe(
        'How the guest is bound to the pod network. Default: masquerade, or user where the namespace allows no capability.',
      ),
    macAddress: MacAddress.optional().describe('MAC address. Default: chosen once, and kept.'),
    ports: z
      .array(Port)
      .max(64)
      .meta(listMap('port', 'protocol'))
      .optional()
      .describe(
        'Ports of the guest that are reachable, on this network. With masquerade all others are too, on the first network; with user only these, and only on the first network.',
      ),
    multusNetworkName: z
      .string()
      .min(1)
      .max(253)
      .optional()
      .describe('NetworkAttachmentDefinition, as name or namespace/name.'),
    staticIP: z
      .string()
      .max(49)
      .meta(rules({ rule: `self.matches(r'${IP_OR_CIDR}')`, message: 'must be an IP address or a CIDR' }))
      .optional()
      .describe(
        'Address that the guest is given, with or without a prefix length. Without effect on the pod network, as the condition FieldsIgnored says; a clone that asks for it fails.',
      ),
  })
  .meta(rules(multusName));

const sameMac = 'has(m.macAddress) && m.macAddress.lowerAscii() == n.macAddress.lowerAscii()';
const samePort = 'has(m.ports) && m.ports.exists(q, q.port == p.port && q.protocol == p.protocol)';

export const Networks = z
  .array(Network)
  .max(NETWORKS_MAX)
  .meta({
    ...listMap('name'),
    ...rules(
      {
        rule: `self.all(n, !has(n.macAddress) || self.exists_one(m, ${sameMac}))`,
        message: 'a macAddress may occur only once',
      },
      {
        rule: `self.all(n, !has(n.ports) || n.ports.all(p, self.exists_one(m, ${samePort})))`,
        message: "a port of the pod's address may be in the ports of one network only",
      },
    ),
  });

export type Network = z.infer<typeof Network>;
