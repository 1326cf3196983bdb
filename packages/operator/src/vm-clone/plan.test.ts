import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { API_VERSION, effectiveSpec, VMOperation, type VMClone } from '@hypersdk/api';
import { aVirtualMachine, NOW } from '../testing/machines.ts';
import { anOperation } from '../testing/operations.ts';
import { planVmClone, type ObservedVmClone } from './plan.ts';

const UID = 'clone-uid';
const owner = { apiVersion: API_VERSION, kind: 'VMClone', name: 'clone', uid: UID };
const source = effectiveSpec(
  aVirtualMachine({
    spec: { networks: [{ name: 'primary', type: 'pod-network', macAddress: '52:54:00:00:00:01' }] },
  }).spec,
);

function aClone(spec: Partial<VMClone['spec']> = {}, status?: VMClone['status']): VMClone {
  return {
    apiVersion: API_VERSION,
    kind: 'VMClone',
    metadata: { name: 'clone', namespace: 'default', uid: UID, generation: 1 },
    spec: {
      ...{ sourceRef: { name: 'web' }, target: { name: 'copy' }, linked: true, powerOn: true, timeout: '1h' },
      ...spec,
    },
    ...(status && { status }),
  };
}

function operation(phase: NonNullable<VMOperation['status']>['phase'], uid = UID): VMOperation {
  const made = anOperation('clone', { status: { phase, message: 'As told' } });
  return { ...made, metadata: { ...made.metadata, ownerReferences: [{ ...owner, uid }] } };
}

const observe = (changes: Partial<ObservedVmClone>): ObservedVmClone => ({
  ...{ clone: aClone(), operation: undefined, source },
  ...changes,
});

const refusals = [
  { when: 'a class', spec: { target: { name: 'copy', classRef: { name: 'test' } } }, message: /classRef/ },
  {
    when: 'all that a clone may ask of its network',
    spec: {
      customization: {
        networks: [{ name: 'primary', ipAddress: '192.168.1.100', gateway: '192.168.1.1', dns: ['8.8.8.8'] }],
      },
    },
    message:
      /customization\.networks\[primary\]: ipAddress, gateway, dns cannot be chosen: .* a Service.* type bridge or multus.* customization\.userData$/,
  },
  {
    when: 'an address',
    spec: { customization: { networks: [{ name: 'primary', ipAddress: '192.0.2.7/24' }] } },
    message: /networks\[primary\]: ipAddress cannot be chosen: .* status\.ipAddresses/,
  },
  {
    when: 'a gateway',
    spec: { customization: { networks: [{ name: 'primary', gateway: '192.0.2.1' }] } },
    message: /networks\[primary\]: gateway cannot be chosen/,
  },
  {
    when: 'a network that the source has not',
    spec: { customization: { networks: [{ name: 'other' }] } },
    message: /no network other, it has primary/,
  },
];

const ends = [
  { operation: 'Pending', phase: 'Pending', cloning: 'True', event: undefined },
  { operation: 'Running', phase: 'Cloning', cloning: 'True', event: undefined },
  { operation: 'Succeeded', phase: 'Ready', cloning: 'False', event: 'CloneCompleted' },
  { operation: 'Failed', phase: 'Failed', cloning: 'False', event: 'CloneFailed' },
  { operation: 'Cancelled', phase: 'Failed', cloning: 'False', event: 'CloneFailed' },
] as const;

describe('planVmClone', () => {
  it('has an operation made that the API takes, once', () => {
    const userData = { cloudInit: { inline: '#cloud-config' } };
    const networks = [{ name: 'primary' }];
    const clone = aClone({ customization: { hostname: 'other', userData, networks } });
    const { cloneSpec } = VMOperation.parse(planVmClone(observe({ clone }), NOW).create).spec;
    assert.deepEqual(
      [cloneSpec?.targetName, cloneSpec?.linkedClone, cloneSpec?.startAfterClone],
      ['copy', true, true],
    );
    assert.deepEqual(cloneSpec?.customization, { hostname: 'other', userData: '#cloud-config' });
    assert.equal(planVmClone(observe({ operation: operation('Running') }), NOW).create, undefined);
  });

  it('asks for a copy where it is not to be linked', () => {
    const { create } = planVmClone(observe({ clone: aClone({ linked: false }) }), NOW);
    assert.equal(create?.spec.cloneSpec?.mode, 'full');
  });

  for (const { when, spec, message } of refusals) {
    it(`refuses ${when}, instead of ignoring it`, () => {
      const { status, create } = planVmClone(observe({ clone: aClone(spec) }), NOW);
      assert.equal(create, undefined);
      assert.equal(status.phase, 'Failed');
      assert.match(status.message ?? '', message);
    });
  }

  for (const { operation: its, phase, cloning, event } of ends) {
    it(`is ${phase} when its operation is ${its}`, () => {
      const planned = planVmClone(observe({ operation: operation(its) }), NOW);
      assert.equal(planned.status.phase, phase);
      assert.equal(planned.status.message, 'As told');
      assert.equal(planned.status.conditions?.find(({ type }) => type === 'Cloning')?.status, cloning);
      assert.equal(planned.event?.reason, event);
    });
  }

  it('takes no operation of its name for its own', () => {
    const { status } = planVmClone(observe({ operation: operation('Running', 'another') }), NOW);
    assert.match(status.message ?? '', /exists and is not this clone's/);
  });

  it('clones once: neither an end nor a deleted operation begins it anew', () => {
    const done = { phase: 'Ready', operation: 'clone' } as const;
    assert.deepEqual(planVmClone(observe({ clone: aClone({}, done) }), NOW), { status: done });
    const orphan = aClone({}, { phase: 'Cloning', operation: 'clone' });
    assert.equal(planVmClone(observe({ clone: orphan }), NOW).status.phase, 'Failed');
  });
});
