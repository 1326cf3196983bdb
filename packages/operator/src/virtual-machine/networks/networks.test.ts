import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { anObservation, aPod, aVirtualMachine } from '../../testing/machines.ts';
import { resolveNetworks } from './networks.ts';
import { ENFORCE_LABEL, podSecurityLevel, type PodSecurityLevel } from './pod-security.ts';

type Networks = NonNullable<ReturnType<typeof aVirtualMachine>['spec']['networks']>;
const network = (changes: Partial<Networks[number]> = {}): Networks[number] => ({
  name: 'default',
  type: 'pod-network',
  ...changes,
});
const pretendedPod = (podSecurity: PodSecurityLevel) => aPod(aVirtualMachine(), 1, {}, { podSecurity });

const cases: {
  name: string;
  networks?: Networks;
  podSecurity: PodSecurityLevel;
  pod?: ReturnType<typeof aPod>;
  bindings: [binding: string, reason: string][];
}[] = [
  {
    name: 'masquerades where the namespace allows it',
    podSecurity: 'privileged',
    bindings: [['masquerade', 'NamespaceAllows']],
  },
  {
    name: 'takes user under baseline, which refuses NET_ADMIN',
    podSecurity: 'baseline',
    bindings: [['user', 'PodSecurityForbidsMasquerade']],
  },
  {
    name: 'takes user under restricted',
    podSecurity: 'restricted',
    bindings: [['user', 'PodSecurityForbidsMasquerade']],
  },
  {
    name: 'does as it is asked',
    networks: [network({ binding: 'user' })],
    podSecurity: 'privileged',
    bindings: [['user', 'AskedFor']],
  },
  {
    name: "keeps the binding of the pod when the namespace's level changes",
    podSecurity: 'restricted',
    pod: pretendedPod('privileged'),
    bindings: [['masquerade', 'NamespaceAllows']],
  },
  {
    name: "masquerades every network of the pod's, and no other",
    networks: [network(), network({ name: 'lan', type: 'bridge' }), network({ name: 'second' })],
    podSecurity: 'privileged',
    bindings: [
      ['masquerade', 'NamespaceAllows'],
      ['user', 'NotImplemented'],
      ['masquerade', 'NamespaceAllows'],
    ],
  },
];

describe('resolveNetworks', () => {
  for (const { name, networks, podSecurity, pod, bindings } of cases) {
    it(name, () => {
      const vm = aVirtualMachine(networks && { spec: { networks } });
      const resolved = resolveNetworks(anObservation({ vm, podSecurity }), pod);
      assert.deepEqual(
        resolved.map(({ binding, reason }) => [binding, reason]),
        bindings,
      );
    });
  }

  it('gives each network a MAC address of its own, the same each time', () => {
    const vm = aVirtualMachine({ spec: { networks: [network(), network({ name: 'lan', type: 'bridge' })] } });
    const addresses = () => resolveNetworks(anObservation({ vm })).map(({ macAddress }) => macAddress);
    assert.deepEqual(addresses(), addresses());
    assert.equal(new Set(addresses()).size, 2);
    for (const address of addresses()) assert.match(address, /^52(:[0-9a-f]{2}){5}$/);
  });
});

describe('podSecurityLevel', () => {
  const levels: [label: string | undefined, level: PodSecurityLevel][] = [
    [undefined, 'privileged'],
    ['privileged', 'privileged'],
    ['baseline', 'baseline'],
    ['restricted', 'restricted'],
    ['Unheard-Of', 'restricted'],
  ];
  for (const [label, level] of levels) {
    it(`takes ${label ?? 'no label'} for ${level}`, () => {
      const labels = label === undefined ? {} : { [ENFORCE_LABEL]: label };
      assert.equal(podSecurityLevel({ metadata: { name: 'default', labels } }), level);
    });
  }
});
