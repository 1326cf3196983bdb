import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VirtualMachine, VMSnapshot } from '@hypersdk/api';
import { isOwnedBy, ownerReference, type Pod } from '@hypersdk/kube';
import { aClaim, anObservation, aVirtualMachine, config, NOW, UID } from '../testing/machines.ts';
import { anOperation } from '../testing/operations.ts';
import { aSnapshot, held, SNAPSHOT } from '../testing/snapshots.ts';
import { resolveDisks } from '../virtual-machine/disks/disks.ts';
import type { SnapshotPlan } from './actions.ts';
import { keeperPod } from './keeper-pod.ts';
import type { ObservedSnapshot } from './observed.ts';
import { planSnapshot } from './plan.ts';

const DAY = 24 * 60 * 60 * 1000;

const root = { name: 'root', format: 'qcow2', pvc: 'web-root' };
const made = { disks: [root], epoch: 2 };
const vm = (status: VirtualMachine['status']): VirtualMachine =>
  aVirtualMachine({ status: { ...made, ...status } });
const runs = vm({ phase: 'Running' });
const off = vm({ phase: 'Stopped' });
const heldOff = vm({ phase: 'Stopped', disksHeldFor: SNAPSHOT });
const begun = { phase: 'Creating', vmUid: UID } as const;
const ready = { ...begun, phase: 'Ready', creationTime: NOW.toISOString(), readyToRestore: true } as const;
const creating = (fromEpoch?: number): VMSnapshot =>
  aSnapshot({ ...begun, ...(fromEpoch !== undefined && { fromEpoch }) }, { metadata: held });
const going = { metadata: { ...held, deletionTimestamp: NOW.toISOString() } };
const layer = { name: 'root', file: 'layer-5aa95507.qcow2', size: '1Gi', bytes: 4096, below: [] };
const frozen = vm({
  phase: 'Running',
  lastFreeze: {
    ...{ operation: SNAPSHOT, quiesced: { value: true }, pauseMilliseconds: 7 },
    ...{ time: NOW.toISOString(), disks: [layer] },
  },
});
const saved = (more: Partial<NonNullable<NonNullable<VirtualMachine['status']>['lastFreeze']>>) => {
  const { lastFreeze } = frozen.status ?? {};
  return vm({ phase: 'Running', ...(lastFreeze && { lastFreeze: { ...lastFreeze, ...more } }) });
};
type FreezeProblem = NonNullable<NonNullable<VirtualMachine['status']>['freezeProblem']>;
const unfrozen = (problem: Partial<FreezeProblem>): VirtualMachine => {
  const told = { operation: SNAPSHOT, permanent: false, reason: 'CannotFreeze', message: 'It cannot' };
  return vm({ phase: 'Running', freezeProblem: { ...told, ...problem } });
};
const memory = {
  ...{ disk: 'root', file: 'memory-5aa95507.state', bytes: 100, qemuVersion: '10.0.0' },
  acceleration: 'tcg' as const,
  shape: {
    ...{ uuid: 'a', machineType: 'q35', cpus: 1, memory: 1024, firmware: 'bios', disks: [], networks: [] },
    ...{ seed: false, guestAgent: true },
  },
};
const withMemory = aSnapshot({ ...begun, fromEpoch: 2 }, { metadata: held, spec: { includeMemory: true } });
const keptClaim = (() => {
  const claim = aClaim();
  const owners = [...(claim.metadata.ownerReferences ?? []), ownerReference(aSnapshot())];
  return { ...claim, metadata: { ...claim.metadata, ownerReferences: owners } };
})();

const inClaim = { name: 'root', file: 'layer-5aa95507.qcow2', size: '1Gi' };
function movedTo(pvc: string): Partial<ObservedSnapshot> {
  const claim = aClaim();
  const disks = resolveDisks(anObservation()).map((disk) => ({ ...disk, claimName: pvc }));
  return { disks, claims: new Map([[pvc, { ...claim, metadata: { ...claim.metadata, name: pvc } }]]) };
}

const child = { ...held, generation: 7, ownerReferences: [ownerReference(runs)] };
const withVm = { retention: { autoDelete: false, deleteOnVMDelete: true } };
const inDisks = (changes: Parameters<typeof aSnapshot>[1], status: VMSnapshot['status'] = {}): VMSnapshot =>
  aSnapshot({ ...ready, ...status, disks: [{ ...inClaim, pvc: 'web-root' }] }, changes);

function observe(snapshot: VMSnapshot, changes: Partial<ObservedSnapshot> = {}): ObservedSnapshot {
  return {
    ...{ snapshot, vm: runs, family: [snapshot], operations: [], linkedClones: [], keepers: [], config },
    disks: resolveDisks(anObservation()),
    claims: new Map([['web-root', keptClaim]]),
    place: {},
    ...changes,
  };
}

function keeper(work: 'freeze' | 'drop', end?: { code: number; message: object }): Pod {
  const { disks, claims } = observe(aSnapshot());
  const id = SNAPSHOT.slice(0, 8);
  const pod = keeperPod({
    ...{
      owner: aSnapshot(),
      claims,
      config,
      linkedClones: [],
      place: {},
      disks: 'problem' in disks ? [] : disks,
    },
    work: work === 'drop' ? { type: 'drop', ids: [id] } : { type: 'freeze', id },
  });
  const terminated = end && {
    ...{ exitCode: end.code, message: JSON.stringify(end.message), finishedAt: NOW.toISOString() },
  };
  const status = { name: 'keeper', image: '', imageID: '', ready: false, restartCount: 0 };
  const state = terminated ? { terminated } : { running: {} };
  return { ...pod, status: { phase: 'Running', containerStatuses: [{ ...status, state }] } };
}
const goingPod = (pod: Pod): Pod => ({ ...pod, metadata: { ...pod.metadata, ...going.metadata } });
const keptLayer = { name: 'root', file: 'layer-5aa95507.qcow2', virtualSize: 1, actualSize: 4096, below: [] };

interface Row {
  readonly when: string;
  readonly observed: ObservedSnapshot;
  readonly phase: string | undefined;
  readonly actions?: readonly string[];
  readonly finalizer?: 'add' | 'remove';
  readonly message?: RegExp;
  readonly also?: (plan: SnapshotPlan) => void;
}

const rows: Row[] = [
  {
    when: 'there is no VM yet, it waits',
    observed: observe(aSnapshot(), { vm: undefined }),
    phase: 'Pending',
  },
  {
    when: 'there are as many as the VM may have, it is refused',
    observed: observe(aSnapshot(), {
      vm: { ...runs, spec: { ...runs.spec, snapshot: { maxCount: 1 } } },
      family: [aSnapshot(ready, { metadata: { ...held, uid: 'other' } }), aSnapshot()],
    }),
    phase: 'Failed',
    message: /web has 1 snapshots, as many as spec\.snapshot\.maxCount allows: delete one/,
    also: ({ status }) => {
      assert.equal(status.conditions?.find(({ type }) => type === 'Ready')?.reason, 'QuotaExceeded');
    },
  },
  {
    when: 'one of as many as the VM may have is being deleted, it waits for that',
    observed: observe(aSnapshot(), {
      config: { ...config, maxSnapshots: 1 },
      family: [aSnapshot(ready, { metadata: { ...going.metadata, uid: 'other' } }), aSnapshot()],
    }),
    phase: 'Pending',
    message: /until VMSnapshot before is deleted/,
  },
  {
    when: 'all that there are are of a former VM of the name, it is begun',
    observed: observe(aSnapshot(), {
      config: { ...config, maxSnapshots: 1 },
      family: [
        aSnapshot({ ...ready, vmUid: 'former' }, { metadata: { ...held, uid: 'other' } }),
        aSnapshot(),
      ],
    }),
    phase: 'Creating',
    finalizer: 'add',
  },
  {
    when: 'the VM was never started, it is refused',
    observed: observe(aSnapshot(), { vm: aVirtualMachine({ status: { phase: 'Stopped' } }) }),
    phase: 'Failed',
    message: /start the VM once/,
  },
  {
    when: 'a disk has as many layers as it may, it is refused',
    observed: observe(aSnapshot(), {
      vm: vm({ phase: 'Running', disks: [{ ...root, chain: Array<string>(64).fill('layer') }] }),
    }),
    phase: 'Failed',
    message: /disk root consists of 64 layers.*delete snapshots, or flatten it/,
  },
  {
    when: 'a CSI snapshot is asked for, it is refused',
    observed: observe(aSnapshot(undefined, { spec: { method: 'volume' } })),
    phase: 'Failed',
    message: /use method disk/,
  },
  {
    when: 'a clone is being made, it waits',
    observed: observe(aSnapshot(), {
      operations: [anOperation('clone', { status: { phase: 'Running' } })],
    }),
    phase: 'Pending',
    message: /operation clone/,
  },
  {
    when: 'the disks are being flattened, it waits',
    observed: observe(aSnapshot(), {
      operations: [anOperation('flatten', { status: { phase: 'Running' } })],
    }),
    phase: 'Pending',
    message: /operation flatten/,
  },
  {
    when: 'a flatten has come to nothing and is still at work, it waits',
    observed: observe(aSnapshot(), {
      operations: [
        anOperation('flatten', {
          status: { phase: 'Running', ending: { phase: 'Failed', message: 'The volume is full' } },
        }),
      ],
    }),
    phase: 'Pending',
    message: /operation flatten/,
  },
  {
    when: 'a flatten has not begun, it does not wait for that',
    observed: observe(aSnapshot(), {
      operations: [anOperation('flatten', { status: { phase: 'Pending' } })],
    }),
    phase: 'Creating',
    finalizer: 'add',
  },
  {
    when: 'the operation that made it runs, it does not wait for that',
    observed: observe(aSnapshot(), {
      operations: [anOperation('snapshot', { status: { phase: 'Running' } })],
    }),
    phase: 'Creating',
    finalizer: 'add',
    also: ({ status }) => {
      assert.equal(status.fromEpoch, 2);
    },
  },
  {
    when: 'another storage class is asked for, it is begun, and says what it leaves out',
    observed: observe(aSnapshot(undefined, { spec: { destination: { storageClass: 'slow' } } }), { vm: off }),
    phase: 'Creating',
    finalizer: 'add',
    also: ({ status }) => {
      assert.equal(status.fromEpoch, undefined);
      const ignored = status.conditions?.find(({ type }) => type === 'FieldsIgnored');
      assert.match(ignored?.message ?? '', /destination\.storageClass/);
    },
  },
  {
    when: 'its claims are not its own yet, they are kept first',
    observed: observe(creating(2), { claims: new Map([['web-root', aClaim()]]) }),
    phase: 'Creating',
    actions: ['keepClaim'],
  },
  {
    when: "it is to go with its VM, it becomes the VM's child instead",
    observed: observe(
      aSnapshot(
        { ...begun, fromEpoch: 2 },
        { metadata: held, spec: { retention: { autoDelete: false, deleteOnVMDelete: true } } },
      ),
    ),
    phase: 'Creating',
    actions: ['setOwners'],
  },
  {
    when: 'the launcher has not frozen the disks yet, it waits',
    observed: observe(creating(2)),
    phase: 'Creating',
  },
  {
    when: 'the launcher has frozen the disks, it is ready',
    observed: observe(creating(2), { vm: frozen }),
    phase: 'Ready',
    also: ({ status, event, counted }) => {
      assert.deepEqual([status.pauseMilliseconds, status.sizeBytes, status.readyToRestore], [7, 4096, true]);
      assert.deepEqual(status.disks?.[0]?.pvc, 'web-root');
      assert.deepEqual(
        [event?.reason, counted],
        ['SnapshotReady', { action: 'create', outcome: 'succeeded' }],
      );
    },
  },
  {
    when: 'the launcher cannot freeze the disks, it fails with the reason',
    observed: observe(creating(2), { vm: unfrozen({ permanent: true, message: 'Restart the VM' }) }),
    phase: 'Failed',
    message: /Restart the VM/,
  },
  {
    when: 'the launcher cannot freeze the disks for now, it waits and says why',
    observed: observe(creating(2), { vm: unfrozen({ permanent: false, message: 'The volume is full' }) }),
    phase: 'Creating',
    message: /volume is full/,
  },
  {
    when: 'the launcher cannot freeze the disks for another, that is none of its business',
    observed: observe(creating(2), { vm: unfrozen({ permanent: true, operation: 'another' }) }),
    phase: 'Creating',
    message: /launcher freezes/,
  },
  {
    when: 'its memory is saved, too, that counts',
    observed: observe(withMemory, { vm: saved({ memory }) }),
    phase: 'Ready',
    also: ({ status }) => {
      assert.deepEqual([status.sizeBytes, status.memory, status.includesMemory], [4096 + 100, memory, true]);
    },
  },
  {
    when: 'its memory could not be saved, it fails with the reason',
    observed: observe(withMemory, {
      vm: saved({ memoryProblem: { reason: 'NoSpace', message: 'The volume is full.' } }),
    }),
    phase: 'Failed',
    message: /volume is full/,
  },
  {
    when: 'the launcher knows nothing of memory, it fails',
    observed: observe(withMemory, { vm: saved({}) }),
    phase: 'Failed',
    message: /restart the VM/,
  },
  {
    when: 'the guest ended before its disks were frozen, and is to start again once nobody holds them, it fails',
    observed: observe(creating(2), { vm: vm({ phase: 'Pending', disksHeldFor: SNAPSHOT }) }),
    phase: 'Failed',
    message: /guest ended before its disks were frozen/,
  },
  {
    when: 'the guest ended before its disks were frozen, it fails',
    observed: observe(creating(1)),
    phase: 'Failed',
    message: /take another/,
  },
  {
    when: 'the guest is off and its disks are not free, it waits',
    observed: observe(creating(), { vm: off }),
    phase: 'Creating',
  },
  {
    when: 'the disks are held for it, a keeper freezes them',
    observed: observe(creating(), { vm: heldOff }),
    phase: 'Creating',
    actions: ['createWorker'],
  },
  {
    when: 'the guest was started meanwhile, its launcher is asked',
    observed: observe(creating()),
    phase: 'Creating',
    also: ({ status }) => {
      assert.equal(status.fromEpoch, 2);
    },
  },
  {
    when: 'the keeper has frozen them, it is ready',
    observed: observe(creating(), {
      vm: heldOff,
      keepers: [keeper('freeze', { code: 0, message: { phase: 'Ready', frozen: [keptLayer] } })],
    }),
    phase: 'Ready',
    actions: ['deleteWorker'],
    also: ({ status }) => {
      assert.equal(status.quiesced?.value, false);
    },
  },
  {
    when: 'the keeper cannot, it fails with its word',
    observed: observe(creating(), {
      vm: heldOff,
      keepers: [
        keeper('freeze', {
          code: 1,
          message: { phase: 'Failed', problem: { reason: 'NoSpace', message: 'It is full' } },
        }),
      ],
    }),
    phase: 'Failed',
    message: /It is full/,
  },
  {
    when: 'its days are over, it expires and is deleted where that is asked for',
    observed: observe(
      aSnapshot(
        { ...ready, creationTime: new Date(NOW.getTime() - 2 * DAY).toISOString() },
        { spec: { retention: { keepDays: 1, autoDelete: true, deleteOnVMDelete: false } } },
      ),
    ),
    phase: 'Expired',
    also: ({ isDeleted }) => {
      assert.ok(isDeleted);
    },
  },
  {
    when: 'its days are not over, it is looked at again then',
    observed: observe(
      aSnapshot(ready, { spec: { retention: { keepDays: 1, autoDelete: true, deleteOnVMDelete: false } } }),
    ),
    phase: 'Ready',
    also: ({ requeueAfter, isDeleted }) => {
      assert.deepEqual([requeueAfter, isDeleted], [DAY, undefined]);
    },
  },
  {
    when: 'a migration has moved its disks, it owns their new claims and names those',
    observed: observe(aSnapshot({ ...ready, disks: [{ ...inClaim, pvc: 'web-root' }] }), {
      vm: vm({ phase: 'Running', movedDisks: [{ name: 'root', pvc: 'web-root.2' }] }),
      ...movedTo('web-root.2'),
    }),
    phase: 'Ready',
    actions: ['keepClaim'],
    also: ({ status }) => {
      assert.deepEqual(status.disks, [{ ...inClaim, pvc: 'web-root.2' }]);
    },
  },
  {
    when: 'it is to stay when its VM goes after all, the claims are its own before it is no child of the VM',
    observed: observe(inDisks({ metadata: child }), { claims: new Map([['web-root', aClaim()]]) }),
    phase: 'Ready',
    actions: ['keepClaim', 'setOwners'],
    also: ({ actions, status }) => {
      assert.deepEqual(actions.at(-1), { type: 'setOwners', owners: [] });
      assert.equal(status.observedGeneration, 7);
    },
  },
  {
    when: 'it is to go with its VM after all, it becomes its child',
    observed: observe(inDisks({ spec: withVm })),
    phase: 'Ready',
    actions: ['setOwners'],
    also: ({ actions }) => {
      assert.deepEqual(actions, [{ type: 'setOwners', owners: [ownerReference(runs)] }]);
    },
  },
  {
    when: 'it goes with its VM as is asked for, nothing is done',
    observed: observe(inDisks({ spec: withVm, metadata: child })),
    phase: 'Ready',
  },
  {
    when: 'it is of a former VM of the name, it is none of the new one',
    observed: observe(inDisks({ spec: withVm }, { vmUid: 'former' })),
    phase: 'Ready',
  },
  {
    when: 'it is deleted while a migration copies its layers, it waits',
    observed: observe(aSnapshot(ready, going), {
      operations: [anOperation('migrate', { status: { phase: 'Running' } })],
    }),
    phase: 'Ready',
    message: /Waiting for operation/,
  },
  {
    when: 'it is deleted while clones stand on the disks, it waits and says so',
    observed: observe(aSnapshot(ready, going), { linkedClones: ['web-test'] }),
    phase: 'Ready',
    message: /web-test/,
  },
  {
    when: 'it is deleted under a running guest, the launcher is asked',
    observed: observe(aSnapshot(ready, going)),
    phase: 'Deleting',
    also: ({ status }) => {
      assert.equal(status.readyToRestore, false);
    },
  },
  {
    when: 'the launcher has dropped its layers, it is let go',
    observed: observe(aSnapshot({ ...ready, phase: 'Deleting' }, going), {
      vm: vm({ phase: 'Running', droppedLayers: [SNAPSHOT.slice(0, 8)] }),
    }),
    phase: 'Deleting',
    finalizer: 'remove',
  },
  {
    when: 'it is deleted while the guest is off, a keeper drops its layers',
    observed: observe(aSnapshot({ ...ready, phase: 'Deleting' }, going), { vm: heldOff }),
    phase: 'Deleting',
    actions: ['createWorker'],
  },
  {
    when: 'it is deleted while its freeze keeper runs, that is ended first',
    observed: observe(aSnapshot(begun, going), { vm: heldOff, keepers: [keeper('freeze')] }),
    phase: 'Deleting',
    actions: ['deleteWorker'],
  },
  {
    when: 'its freeze keeper is still going, nothing is dropped beside it',
    observed: observe(aSnapshot({ ...begun, phase: 'Deleting' }, going), {
      ...{ vm: heldOff, keepers: [goingPod(keeper('freeze'))] },
    }),
    phase: 'Deleting',
  },
  {
    when: 'it is deleted while a clone waits for the disks that its freeze keeper has, that is ended',
    observed: observe(aSnapshot(begun, going), {
      ...{ vm: heldOff, keepers: [keeper('freeze')] },
      operations: [anOperation('clone', { status: { phase: 'Running' } })],
    }),
    phase: 'Creating',
    actions: ['deleteWorker'],
  },
  {
    when: 'the keeper has dropped them, it is let go',
    observed: observe(aSnapshot({ ...ready, phase: 'Deleting' }, going), {
      vm: heldOff,
      keepers: [keeper('drop', { code: 0, message: { phase: 'Ready' } })],
    }),
    phase: 'Deleting',
    actions: ['deleteWorker'],
    finalizer: 'remove',
  },
  {
    when: 'its VM is gone, it is let go at once',
    observed: observe(aSnapshot(ready, going), { vm: undefined }),
    phase: 'Ready',
    finalizer: 'remove',
  },
];

describe('what is planned for a VMSnapshot', () => {
  for (const { when, observed, phase, actions = [], finalizer, message, also } of rows) {
    it(when, () => {
      const planned = planSnapshot(observed, NOW);
      assert.equal(planned.status.phase, phase);
      assert.deepEqual(
        planned.actions.map(({ type }) => type),
        actions,
      );
      assert.equal(planned.finalizer, finalizer);
      const ready = planned.status.conditions?.find(({ type }) => type === 'Ready');
      if (message) assert.match(ready?.message ?? '', message);
      also?.(planned);
    });
  }

  const kept = { autoDelete: true, deleteOnVMDelete: false };
  const past = new Date(NOW.getTime() - 2 * DAY).toISOString();
  for (const [word, retention] of Object.entries({
    keepDays: { ...kept, keepDays: 1 },
    maxAge: { ...kept, maxAge: '36h' },
    expiresAt: { ...kept, keepDays: 30, expiresAt: past },
  })) {
    it(`expires by ${word}, and is Ready again once it is kept for longer`, () => {
      const old = { ...ready, creationTime: past };
      for (const field of ['retention', 'retentionPolicy']) {
        const planned = planSnapshot(observe(aSnapshot(old, { spec: { [field]: retention } })), NOW);
        assert.deepEqual([planned.status.phase, planned.isDeleted], ['Expired', true]);
      }
      const longer = { retention: { autoDelete: false, deleteOnVMDelete: false, maxAge: '30d' } };
      const expired = aSnapshot({ ...old, phase: 'Expired' }, { spec: longer });
      const { status, requeueAfter } = planSnapshot(observe(expired), NOW);
      assert.deepEqual([status.phase, requeueAfter], ['Ready', DAY]);
    });
  }

  it('stays Expired, and there, where nobody wants it deleted', () => {
    const retention = { autoDelete: false, deleteOnVMDelete: false, maxAge: '1h' };
    const first = planSnapshot(
      observe(aSnapshot({ ...ready, creationTime: past }, { spec: { retention } })),
      NOW,
    );
    assert.deepEqual(
      [first.status.phase, first.isDeleted, first.event?.reason],
      ['Expired', undefined, 'SnapshotExpired'],
    );
    const second = planSnapshot(observe(aSnapshot(first.status, { spec: { retention } })), NOW);
    assert.deepEqual([second.status, second.isDeleted, second.event], [first.status, undefined, undefined]);
  });

  it('counts none of a former VM of the name', () => {
    const retention = { ...kept, keepCount: 1 };
    const old = aSnapshot({ ...ready, vmUid: 'former', creationTime: past }, { spec: { retention } });
    const newer = aSnapshot(ready, { metadata: { name: 'after', uid: 'other' } });
    assert.equal(planSnapshot(observe(old, { family: [old, newer] }), NOW).isDeleted, undefined);
  });

  it('keeps no more than keepCount, the newest', () => {
    const retention = { keepCount: 1, autoDelete: true, deleteOnVMDelete: false };
    const old = aSnapshot(ready, { spec: { retention } });
    const later = new Date(NOW.getTime() + 1000).toISOString();
    const newer = aSnapshot({ ...ready, creationTime: later }, { metadata: { name: 'after', uid: 'other' } });
    const family = [old, newer];
    assert.ok(planSnapshot(observe(old, { family }), NOW).isDeleted);
    assert.equal(planSnapshot(observe(newer, { family }), NOW).isDeleted, undefined);
  });

  it('has its claims outlive the VM', () => {
    const planned = planSnapshot(observe(creating(2), { claims: new Map([['web-root', aClaim()]]) }), NOW);
    const [action] = planned.actions;
    assert.ok(action?.type === 'keepClaim');
    const claim = { metadata: { ...action.claim.metadata, ownerReferences: [...action.owners] } };
    assert.ok(isOwnedBy(claim, UID) && isOwnedBy(claim, SNAPSHOT));
  });
});
