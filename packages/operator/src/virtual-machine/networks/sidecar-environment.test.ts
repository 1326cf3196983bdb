import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withSidecars } from '../../testing/former-pod.ts';
import { aPod, aVirtualMachine } from '../../testing/machines.ts';
import type { ResolvedNetwork } from './networks.ts';
import { bindingIn, sidecarEnvironment } from './sidecar-environment.ts';

const network = (name: string, changes: Partial<ResolvedNetwork> = {}): ResolvedNetwork => ({
  ...{ name, type: 'pod-network', binding: 'masquerade', reason: 'AskedFor', macAddress: `mac-${name}` },
  ports: [],
  ...changes,
});
const tcp = (port: number) => ({ port, protocol: 'TCP' }) as const;
const udp = (port: number) => ({ port, protocol: 'UDP' }) as const;

const cases: { name: string; networks: ResolvedNetwork[]; variables: Record<string, string> }[] = [
  {
    name: 'leaves the ports of the only network to the rule that gives it all',
    networks: [network('a', { ports: [tcp(80)] })],
    variables: {
      GUEST_NETWORKS: 'a,0,mac-a',
      NETWORK_PORTS: '',
      POD_PORTS: 'tcp,10707 tcp,10708 tcp,10710 tcp,10711',
    },
  },
  {
    name: 'gives each further network its ports, and the number of its place in spec',
    networks: [network('a'), network('b', { ports: [tcp(80), udp(53)] }), network('c', { ports: [tcp(22)] })],
    variables: {
      GUEST_NETWORKS: 'a,0,mac-a b,1,mac-b c,2,mac-c',
      NETWORK_PORTS: '1,tcp,80 1,udp,53 2,tcp,22',
      POD_PORTS: 'tcp,10707 tcp,10708 tcp,10710 tcp,10711',
    },
  },
  {
    name: "leaves to the pod what QEMU's own forwarding listens on",
    networks: [network('a', { binding: 'user', ports: [tcp(22)] }), network('b', { ports: [tcp(80)] })],
    variables: {
      GUEST_NETWORKS: 'b,1,mac-b',
      NETWORK_PORTS: '',
      POD_PORTS: 'tcp,10707 tcp,10708 tcp,10710 tcp,10711 tcp,22',
    },
  },
];

describe('sidecarEnvironment', () => {
  for (const { name, networks, variables } of cases) {
    it(name, () => {
      const found = sidecarEnvironment(networks, 'web').map(({ name: key, value }) => [key, value]);
      assert.deepEqual(Object.fromEntries(found), { ...variables, GUEST_HOSTNAME: 'web' });
    });
  }
});

describe('bindingIn', () => {
  const networks = [
    { name: 'a', type: 'pod-network' },
    { name: 'b', type: 'pod-network', binding: 'user' },
  ] as const;
  const pod = aPod(aVirtualMachine({ spec: { networks: [...networks] } }), 1);
  for (const [name, binding] of [
    ['a', 'masquerade'],
    ['b', 'user'],
    ['came-later', 'user'],
  ] as const) {
    it(`says ${binding} of network ${name}, also of a pod with sidecars`, () => {
      assert.equal(bindingIn(pod, name), binding);
      assert.equal(bindingIn(withSidecars(pod), name), binding);
    });
  }
});
