import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CopySpec,
  effectiveSpec,
  type SavedMemory,
  type VirtualMachine,
  type VirtualMachineStatus,
  type VMOperation,
  type VMSnapshot,
} from '@hypersdk/api';
import { aClaim, anObservation, aVirtualMachine, config, NOW, UID } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { resolveDisks } from '../../virtual-machine/disks/disks.ts';
import { macAddress } from '../../virtual-machine/networks/mac-address.ts';
import { planOperation } from '../plan.ts';
import { cloneKind } from './kind.ts';
import type { ObservedClone } from './observed.ts';

type CloneSpec = NonNullable<VMOperation['spec']['cloneSpec']>;

const CLONE_UID = '9a1c3c51-28b3-4d2b-8d06-3c9a7d8f2b11';
const open = { ...config, featureGates: new Set(['InstantClone'] as const) };
const memory: SavedMemory = {
  ...{ disk: 'root', file: 'clone-op.state', bytes: 1, qemuVersion: '10.0.0', acceleration: 'tcg' },
  shape: {
    ...{ uuid: UID, machineType: 'q35', cpus: 1, memory: 1024 ** 3, firmware: 'bios', disks: ['root:disk'] },
    ...{ networks: [], seed: false, guestAgent: true },
  },
};
const snapshot = (saved?: SavedMemory): VMSnapshot => ({
  apiVersion: 'hypersdk.io/v1alpha1',
  kind: 'VMSnapshot',
  metadata: { name: 'instant', namespace: 'default', uid: 'snapshot-uid' },
  spec: { vmRef: { name: 'web' }, includeMemory: true, quiesce: true, method: 'disk' },
  status: { readyToRestore: true, disks: [{ name: 'root' }], ...(saved && { memory: saved }) },
});
const operation = (cloneSpec: Partial<CloneSpec>, status?: VMOperation['status']): VMOperation => {
  const whole = {
    ...{ targetName: 'copy', linkedClone: true, startAfterClone: true, includeMemory: true },
    identity: 'new' as const,
  };
  return anOperation('clone', { spec: { cloneSpec: { ...whole, ...cloneSpec } }, status });
};
const vm = (status: VirtualMachineStatus = {}, spec: Partial<VirtualMachine['spec']> = {}): VirtualMachine =>
  aVirtualMachine({ spec, status: { phase: 'Running', epoch: 1, observedGeneration: 1, ...status } });

function observe(
  cloneSpec: Partial<CloneSpec> = {},
  changes: Partial<ObservedClone> = {},
  status?: VMOperation['status'],
): ObservedClone {
  const source = changes.vm ?? vm();
  const claims = new Map([['web-root', aClaim()]]);
  return {
    ...{ operation: operation(cloneSpec, status), vm: source, others: [], spec: effectiveSpec(source.spec) },
    ...{ claims, made: claims, storageClasses: [], progress: undefined, isIdentified: true },
    disks: resolveDisks({ ...anObservation({ vm: source }), claims }),
    ...{ target: undefined, copier: undefined, server: undefined, snapshot: undefined },
    ...{ isNamespaceThere: true, config: open },
    ...changes,
  };
}

const refusals: { when: string; observed: ObservedClone; why: RegExp }[] = [
  {
    when: 'the feature gate is off',
    observed: observe({}, { config }),
    why: /takes the feature gate InstantClone/,
  },
  {
    when: 'the guest is off',
    observed: observe({}, { vm: vm({ phase: 'Stopped' }) }),
    why: /is Stopped.*start it/,
  },
  {
    when: 'the clone is to be elsewhere',
    observed: observe({ targetNamespace: 'other', linkedClone: false }),
    why: /not cloned into another namespace/,
  },
  {
    when: 'it is to have user data',
    observed: observe({ customization: { userData: '#cloud-config' } }),
    why: /userData is for a clone that boots/,
  },
  {
    when: 'the source has a TPM',
    observed: observe({}, { vm: vm({}, { firmware: { bootloader: 'uefi', secureBoot: false, tpm: true } }) }),
    why: /has a TPM/,
  },
  {
    when: 'it is a microvm',
    observed: observe({}, { vm: vm({}, { machineType: 'microvm' }) }),
    why: /microvm's interfaces/,
  },
  {
    when: 'the guest has not what spec says',
    observed: observe(
      {},
      { vm: vm({ restartAwaitingChanges: [{ field: 'memory', now: '1Gi', wanted: '2Gi' }] }) },
    ),
    why: /memory of the VM awaits a restart/,
  },
  {
    when: 'the snapshot is without',
    observed: observe({ snapshotRef: { name: 'instant' } }, { snapshot: snapshot() }),
    why: /VMSnapshot instant holds no memory/,
  },
  {
    when: 'the snapshot is of another machine',
    observed: observe(
      { snapshotRef: { name: 'instant' } },
      { snapshot: snapshot(memory), vm: vm({}, { cpus: 3 }) },
    ),
    why: /memory of another machine: cpus was 1 and is 3/,
  },
];

describe('a clone with memory', () => {
  for (const { when, observed, why } of refusals) {
    it(`is refused where ${when}`, () => {
      const { status } = planOperation(cloneKind, observed, NOW);
      assert.equal(status.phase, 'Failed');
      assert.match(status.message ?? '', why);
    });
  }

  const begun: VMOperation['status'] = {
    ...{ phase: 'Running', startTime: NOW.toISOString(), fromEpoch: 1, vmUid: UID },
    steps: [{ name: 'create' }],
  };
  const network = { name: 'default', type: 'pod-network' } as const;
  const target = aVirtualMachine({
    spec: { networks: [network] },
    metadata: {
      ...{ name: 'copy', uid: CLONE_UID, annotations: { 'hypersdk.io/cloned-by': 'op-clone' } },
      ownerReferences: [
        { apiVersion: 'hypersdk.io/v1alpha1', kind: 'VMOperation', name: 'clone', uid: 'op-clone' },
      ],
    },
  });
  const claims = new Map([
    ['web-root', aClaim()],
    ['copy-root', { ...aClaim(), metadata: { name: 'copy-root', namespace: 'default' } }],
  ]);
  const frozen = (lastFreeze: VirtualMachineStatus['lastFreeze']): VirtualMachine =>
    vm({ lastRequest: 'op-clone', nodeName: 'node-1', ...(lastFreeze && { lastFreeze }) });
  const asked = (changes: Partial<ObservedClone>, cloneSpec: Partial<CloneSpec> = {}): ObservedClone =>
    observe({ mode: 'full', linkedClone: false, ...cloneSpec }, { target, made: claims, ...changes }, begun);

  function copySpec(observed: ObservedClone): CopySpec {
    const { actions } = planOperation(cloneKind, observed, NOW);
    const [action] = actions;
    assert.ok(action?.type === 'createWorker');
    const variable = action.pod.spec?.containers[0]?.env?.find(({ name }) => name === 'COPY_SPEC');
    return CopySpec.parse(JSON.parse(variable?.value ?? ''));
  }

  const quiesced = { value: false };
  it("takes the source's memory away, as a machine of its own", () => {
    const source = frozen({ operation: 'op-clone', quiesced, memory });
    assert.deepEqual(copySpec(asked({ vm: source })).memory, {
      from: { directory: '/images/web-root', file: 'clone-op.state' },
      to: { disk: 'root', directory: '/volumes/root' },
      ...{ isMoved: true, uuid: CLONE_UID, hostname: 'copy' },
      macs: { default: macAddress(target, network) },
    });
  });

  it("copies a snapshot's memory, which stays, and leaves one that is to keep its identity as it is", () => {
    const cloneSpec = { snapshotRef: { name: 'instant' }, identity: 'keep' as const };
    const { memory: copied } = copySpec(asked({ snapshot: snapshot(memory) }, cloneSpec));
    assert.deepEqual([copied?.isMoved, copied?.hostname], [false, undefined]);
  });

  const memoryProblem = { reason: 'NoSpace', message: 'The volume is full' };
  const failures: [why: string, lastFreeze: VirtualMachineStatus['lastFreeze'], message: RegExp][] = [
    ['could not be saved', { operation: 'op-clone', quiesced, memoryProblem }, /The volume is full/],
    ['is of another moment', { operation: 'another', quiesced, memory }, /frozen for something else/],
  ];
  for (const [why, lastFreeze, message] of failures) {
    it(`fails where its memory ${why}`, () => {
      const { status } = planOperation(cloneKind, asked({ vm: frozen(lastFreeze) }), NOW);
      assert.equal(status.ending?.phase, 'Failed');
      assert.match(status.ending.message, message);
    });
  }
});
