import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { layerId, LayersSpec, type VirtualMachine, type VMOperation } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { anObservation, aVirtualMachine, config, NOW, UID } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { aSnapshot } from '../../testing/snapshots.ts';
import { aKeeper } from '../../testing/worker-pods.ts';
import { resolveDisks } from '../../virtual-machine/disks/disks.ts';
import type { WorkAction } from '../actions.ts';
import { formerLayers, restoredSnapshot } from '../at-work.ts';
import { planOperation } from '../plan.ts';
import { restoreKind } from './kind.ts';
import type { ObservedRestore } from './observed.ts';

const shape = {
  ...{ uuid: 'a', machineType: 'q35', cpus: 1, memory: 1024, firmware: 'bios', disks: [], networks: [] },
  ...{ seed: false, guestAgent: true },
};
const memory = {
  ...{ disk: 'root', file: 'memory-a.state', bytes: 1, qemuVersion: '10.0.0' },
  ...{ acceleration: 'tcg' as const, shape },
};
const ready = { readyToRestore: true, disks: [{ name: 'root' }], vmUid: UID };
const ofDisks = aSnapshot(ready);
const withMemory = aSnapshot({ ...ready, memory });

const operation = (status?: VMOperation['status']): VMOperation =>
  anOperation('restore', {
    spec: { restoreSpec: { snapshotRef: { name: 'before' } } },
    ...(status && { status }),
  });
const HOLDER = operation().metadata.uid ?? '';
const FORMER = layerId(HOLDER);
const begun = { phase: 'Running', startTime: NOW.toISOString(), fromEpoch: 1, vmUid: UID } as const;
const at = (...steps: string[]): VMOperation =>
  operation({ ...begun, steps: steps.map((name) => ({ name })) });
const undone = (...steps: string[]): VMOperation =>
  operation({ ...at(...steps).status, ending: { phase: 'Failed', message: 'It does not go on' } });

const calledOff = (...steps: string[]): VMOperation => ({
  ...at(...steps),
  spec: { ...operation().spec, cancel: true },
});

const vm = (status: VirtualMachine['status']): VirtualMachine =>
  aVirtualMachine({ spec: { running: true }, status: { epoch: 2, ...status } });
const runs = vm({ phase: 'Running' });
const free = vm({ phase: 'Pending', disksHeldFor: HOLDER });
const switchedOff = vm({
  ...free.status,
  power: { desired: 'Off', since: NOW.toISOString(), by: 'spec' },
});

function observe(changes: Partial<ObservedRestore> = {}): ObservedRestore {
  return {
    ...{ operation: operation(), vm: runs, others: [], snapshot: ofDisks, config },
    ...{
      keeper: undefined,
      undoer: undefined,
      wanted: shape,
      claims: new Map(),
      linkedClones: [],
      place: {},
    },
    disks: resolveDisks(anObservation()),
    ...changes,
  };
}

const going = (pod: Pod): Pod => ({
  ...pod,
  metadata: { ...pod.metadata, deletionTimestamp: NOW.toISOString() },
});

const missing = 'Disk root: its volume holds no layer';

interface Row {
  readonly when: string;
  readonly observed: ObservedRestore;
  readonly phase: string;
  readonly step?: string;
  readonly message?: RegExp;
  /** With what the worker is told to do. */
  readonly actions?: readonly string[];
}

const refused: Row[] = [
  {
    when: 'there is no such snapshot',
    snapshot: undefined,
    message: /^spec\.restoreSpec\.snapshotRef: VMSnapshot before does not exist$/,
  },
  {
    when: 'the snapshot is of another VM',
    snapshot: aSnapshot(ready, { spec: { vmRef: { name: 'db' } } }),
    message: /is of VirtualMachine db/,
  },
  {
    when: 'the snapshot is of a former VM of the name',
    snapshot: aSnapshot({ ...ready, vmUid: 'former' }),
    message: /is of a former VirtualMachine of the name web/,
  },
  {
    when: 'the snapshot is being deleted',
    snapshot: aSnapshot(ready, { metadata: { deletionTimestamp: NOW.toISOString() } }),
    message: /is being deleted/,
  },
  {
    when: 'the snapshot is not ready',
    snapshot: aSnapshot({ ...ready, readyToRestore: false }),
    message: /is not ready to be gone back to/,
  },
  {
    when: 'the snapshot holds a disk that the VM has no more',
    snapshot: aSnapshot({ ...ready, disks: [{ name: 'root' }, { name: 'data' }] }),
    message: /holds disk data, which the VM has no more: add it again first/,
  },
  {
    when: 'nobody knows its disks',
    disks: { problem: 'VMTemplate none does not exist' },
    message: /VMTemplate none/,
  },
  {
    when: 'the VM has become another machine than that of the memory',
    ...{ snapshot: withMemory, wanted: { ...shape, cpus: 2 } },
    message: /^VMSnapshot before holds memory of another machine: cpus was 1 and is 2\. Set it back first$/,
  },
  {
    when: 'the VM has a disk and a network that the memory knows nothing of',
    ...{ snapshot: withMemory, wanted: { ...shape, memory: 1024 ** 3, disks: ['root'], networks: ['lan'] } },
    message:
      /memory was 1Ki and is 1Gi; disks was none and is root; networks was none and is lan\. Set it back/,
  },
].map(({ when, message, ...changes }) => ({
  ...{ when: `${when}, it is refused`, observed: observe(changes), phase: 'Failed', message },
}));

const rows: Row[] = [
  ...refused,
  { when: 'all is there, it begins', observed: observe(), phase: 'Running', message: /powered off first/ },
  {
    when: 'the guest still has its disks, it waits',
    observed: observe({ operation: at('restore') }),
    phase: 'Running',
    step: 'restore',
  },
  {
    when: 'the disks are free, a worker takes them back',
    observed: observe({ operation: at('restore'), vm: free }),
    phase: 'Running',
    actions: ['createWorker restore-restore {"type":"restore","id":"5aa95507"}'],
  },
  {
    when: 'linked clones stand on the disks, the worker leaves their layers as they are',
    observed: observe({ operation: at('restore'), vm: free, linkedClones: ['web-copy'] }),
    phase: 'Running',
    actions: ['createWorker restore-restore {"type":"restore","id":"5aa95507"} shared'],
  },
  {
    when: 'the guest is to go on, what the disks hold is kept until it does',
    observed: observe({ operation: at('restore'), vm: free, snapshot: withMemory }),
    phase: 'Running',
    actions: [
      `createWorker restore-restore {"type":"restore","id":"5aa95507","memory":"Required","keepAs":"${FORMER}"}`,
    ],
  },
  {
    when: 'the VM is switched off, its memory waits for the next start and nothing is kept',
    observed: observe({ operation: at('restore'), vm: switchedOff, snapshot: withMemory }),
    phase: 'Running',
    actions: ['createWorker restore-restore {"type":"restore","id":"5aa95507","memory":"Required"}'],
  },
  {
    when: 'the worker is at work, it is not called off',
    observed: observe({
      operation: calledOff('restore'),
      ...{ vm: free, keeper: aKeeper.atWork('restore-restore') },
    }),
    phase: 'Running',
  },
  ...[
    { why: 'it is called off', spec: { cancel: true } },
    { why: 'its time is over', spec: { timeout: '0s' } },
  ].map(({ why, spec }) => ({
    when: `the worker has not begun and ${why}, the worker goes first`,
    observed: observe({
      operation: { ...at('restore'), spec: { ...operation().spec, ...spec } },
      ...{ vm: free, keeper: aKeeper.pending('restore-restore') },
    }),
    phase: 'Running',
    message: /^Undoing what was begun/,
  })),
  {
    when: 'it is called off and the worker is there, that is ended',
    observed: observe({
      operation: undone('restore'),
      ...{ vm: free, keeper: aKeeper.pending('restore-restore') },
    }),
    phase: 'Running',
    step: 'undo',
    actions: ['deleteWorker restore-restore'],
  },
  {
    when: 'it is called off and the worker goes, it waits for that',
    observed: observe({
      operation: undone('restore', 'undo'),
      ...{ vm: free, keeper: going(aKeeper.pending('restore-restore')) },
    }),
    phase: 'Running',
  },
  {
    when: 'it is called off and the worker is gone, it ends',
    observed: observe({ operation: undone('restore', 'undo'), vm: free }),
    phase: 'Failed',
  },
  {
    when: 'the worker failed for a while, it is tried again later',
    observed: observe({
      operation: at('restore'),
      ...{ vm: free, keeper: aKeeper.failed('restore-restore', 75, 'No space is left') },
    }),
    phase: 'Running',
    message: /No space is left; it is tried again/,
  },
  ...[
    { why: 'was killed', keeper: aKeeper.killed('restore-restore') },
    {
      why: 'could not take back all disks',
      keeper: aKeeper.failed('restore-restore', 75, 'It goes on', 'RestoreUnfinished'),
    },
  ].map(({ why, keeper }) => ({
    when: `the worker ${why}, it is tried again and not called off`,
    observed: observe({ operation: calledOff('restore'), vm: free, keeper }),
    phase: 'Running',
    step: 'finish',
    message: /; it is tried again$/,
  })),
  {
    when: 'the worker changed nothing, it is called off',
    observed: observe({
      operation: calledOff('restore'),
      ...{ vm: free, keeper: aKeeper.failed('restore-restore', 75, 'In use') },
    }),
    phase: 'Cancelled',
  },
  {
    when: 'some disks may have gone back, another worker is made and not called off',
    observed: observe({ operation: calledOff('restore', 'finish'), vm: free }),
    phase: 'Running',
    actions: ['createWorker restore-restore {"type":"restore","id":"5aa95507"}'],
  },
  {
    when: 'some disks may have gone back and a worker fails for good, it is tried again',
    observed: observe({
      operation: calledOff('restore', 'finish'),
      ...{ vm: free, keeper: aKeeper.failed('restore-restore', 1, missing) },
    }),
    phase: 'Running',
    message: /; it is tried again$/,
  },
  {
    when: 'the worker failed for good, it fails with the reason',
    observed: observe({
      operation: at('restore'),
      ...{ vm: free, keeper: aKeeper.failed('restore-restore', 1, missing) },
    }),
    phase: 'Failed',
    message: /^Disk root: its volume holds no layer$/,
  },
  {
    when: 'the disks have gone back, it is done',
    observed: observe({ operation: at('restore'), vm: free, keeper: aKeeper.done('restore-restore') }),
    phase: 'Succeeded',
  },
  {
    when: 'the disks have gone back and the guest is to go on, it waits for that',
    observed: observe({
      ...{ operation: at('restore'), vm: free, snapshot: withMemory },
      keeper: aKeeper.done('restore-restore'),
    }),
    phase: 'Running',
    step: 'resume',
  },
  {
    when: 'the VM is switched off, it is done without a guest',
    observed: observe({ operation: at('restore', 'resume'), vm: switchedOff, snapshot: withMemory }),
    phase: 'Succeeded',
  },
  {
    when: 'the guest goes on, what the disks held before is dropped',
    observed: observe({ operation: at('restore', 'resume'), snapshot: withMemory }),
    phase: 'Running',
    step: 'dropFormer',
  },
  {
    when: 'that is being dropped, it waits',
    observed: observe({ operation: at('restore', 'resume', 'dropFormer'), snapshot: withMemory }),
    phase: 'Running',
  },
  {
    when: 'that is gone, it is done',
    observed: observe({
      operation: at('restore', 'resume', 'dropFormer'),
      ...{ vm: vm({ phase: 'Running', droppedLayers: [FORMER] }), snapshot: withMemory },
    }),
    phase: 'Succeeded',
  },
  {
    when: 'the guest does not go on, how it ends is on record before anything is undone',
    observed: observe({
      ...{ operation: at('restore', 'resume'), snapshot: withMemory },
      vm: vm({ phase: 'Failed' }),
    }),
    phase: 'Running',
    message: /^Undoing what was begun: The guest failed$/,
  },
  {
    when: 'it is undone and the pod that failed has its disks, it waits',
    observed: observe({ operation: undone('restore', 'resume'), snapshot: withMemory }),
    phase: 'Running',
    step: 'undo',
  },
  {
    when: 'it is undone and the disks are free, a worker brings back what they held',
    observed: observe({ operation: undone('restore', 'resume'), snapshot: withMemory, vm: free }),
    phase: 'Running',
    actions: [
      `createWorker restore-undo {"type":"restore","id":"${FORMER}","memory":"IfSaved","drop":["${FORMER}"]}`,
    ],
  },
  {
    when: 'it is undone and linked clones stand on the disks, the worker leaves their layers as they are',
    observed: observe({
      ...{ operation: undone('restore', 'resume'), snapshot: withMemory, vm: free },
      linkedClones: ['web-copy'],
    }),
    phase: 'Running',
    actions: [
      `createWorker restore-undo {"type":"restore","id":"${FORMER}","memory":"IfSaved","drop":["${FORMER}"]} shared`,
    ],
  },
  {
    when: 'what brings it back failed, it is tried again however often',
    observed: observe({
      operation: undone('restore', 'resume', 'undo'),
      ...{ snapshot: withMemory, vm: free, undoer: aKeeper.failed('restore-undo', 1, missing) },
    }),
    phase: 'Running',
    message: /; it is tried again$/,
  },
  {
    when: 'all is as it was, it has failed',
    observed: observe({
      operation: undone('restore', 'resume', 'undo'),
      ...{ snapshot: withMemory, vm: free, undoer: aKeeper.done('restore-undo') },
    }),
    phase: 'Failed',
    message: /^It does not go on$/,
  },
  {
    when: 'it has succeeded, its worker is litter',
    observed: observe({
      operation: operation({ ...begun, phase: 'Succeeded', completionTime: NOW.toISOString() }),
      keeper: aKeeper.done('restore-restore'),
    }),
    phase: 'Succeeded',
    actions: ['deleteWorker restore-restore'],
  },
];

function told(action: WorkAction): string {
  if (!('pod' in action)) return action.type;
  const { name } = action.pod.metadata;
  if (action.type !== 'createWorker') return `${action.type} ${name}`;
  const said = action.pod.spec?.containers[0]?.env?.find((each) => each.name === 'LAYERS_SPEC')?.value;
  const { work, sharedLayers } = LayersSpec.parse(JSON.parse(said ?? '{}'));
  return `${action.type} ${name} ${JSON.stringify(work)}${sharedLayers ? ' shared' : ''}`;
}

describe('an operation restore, when', () => {
  for (const { when, observed, phase, step, message, actions = [] } of rows) {
    it(when, () => {
      const { status, actions: planned } = planOperation(restoreKind, observed, NOW);
      assert.deepEqual([status.phase, planned.map(told)], [phase, actions]);
      if (step !== undefined) assert.equal(status.steps?.at(-1)?.name, step);
      if (message) assert.match(status.message ?? '', message);
    });
  }

  const holders: { when: string; operation: VMOperation; snapshot: string | undefined; layers: string[] }[] =
    [
      { when: 'it has not begun', operation: operation(), snapshot: undefined, layers: [] },
      { when: 'the disks go back', operation: at('restore'), snapshot: 'before', layers: [] },
      { when: 'the guest is to go on', operation: at('restore', 'resume'), snapshot: undefined, layers: [] },
      {
        when: 'the guest has gone on',
        operation: at('restore', 'resume', 'dropFormer'),
        ...{ snapshot: undefined, layers: [FORMER] },
      },
      {
        when: 'it is undone',
        operation: undone('restore', 'resume'),
        ...{ snapshot: 'before', layers: [] },
      },
    ];
  for (const { when, operation, snapshot, layers } of holders) {
    it(`${when}, tells others what its guest is off for, and what may be dropped`, () => {
      assert.equal(restoredSnapshot(operation), snapshot);
      assert.deepEqual(formerLayers([operation]), layers);
    });
  }
});
