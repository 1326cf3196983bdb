/** What the network sidecar is told of the guest's networks: `packages/launcher/wrapper/guest-network` reads it. */
import { LAUNCHER_PORT, LAUNCHER_READINESS_PORT, MIGRATION_PORT, MIRROR_PORT } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { containerOf } from '../pod/container.ts';
import { masqueraded, NETWORK_CONTAINER, type Binding, type ResolvedNetwork } from './networks.ts';

interface Variable {
  readonly name: string;
  readonly value: string;
}

const NETWORKS = 'GUEST_NETWORKS';

/** Lists of words, and words of fields with commas between them. A network's place in spec says its subnet. */
export function sidecarEnvironment(networks: readonly ResolvedNetwork[], hostname: string): Variable[] {
  const places = new Map(networks.map((network, index) => [network.name, index]));
  const members = masqueraded(networks);
  const place = ({ name }: ResolvedNetwork): number => places.get(name) ?? 0;
  return [
    list(
      NETWORKS,
      members.map((network) => [network.name, place(network), network.macAddress]),
    ),
    { name: 'GUEST_HOSTNAME', value: hostname },
    list(
      'NETWORK_PORTS',
      members.slice(1).flatMap((network) => portsOf(network).map((port) => [place(network), ...port])),
    ),
    list('POD_PORTS', [
      ...LAUNCHER_PORTS,
      ...networks.filter(({ binding }) => binding === 'user').flatMap(portsOf),
    ]),
  ];
}

const LAUNCHER_PORTS = [LAUNCHER_PORT, LAUNCHER_READINESS_PORT, MIGRATION_PORT, MIRROR_PORT].map(
  (port) => ['tcp', port] as const,
);

function portsOf({ ports }: ResolvedNetwork): (readonly [protocol: string, port: number])[] {
  return ports.map(({ port, protocol }) => [protocol.toLowerCase(), port]);
}

function list(name: string, words: readonly (readonly (string | number)[])[]): Variable {
  return { name, value: words.map((fields) => fields.join(',')).join(' ') };
}

/** The binding that this pod was made with for a network. */
export function bindingIn(pod: Pod, network: string): Binding {
  const list = containerOf(pod, NETWORK_CONTAINER)?.env?.find(({ name }) => name === NETWORKS)?.value;
  const members = list?.split(' ') ?? [];
  return members.some((member) => member.startsWith(`${network},`)) ? 'masquerade' : 'user';
}
