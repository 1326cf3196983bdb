import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Annotations, type SnapshotSpec, type VMOperation, type VMSnapshot } from '@hypersdk/api';
import { anObservation, aVirtualMachine, config, NOW, UID } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { aSnapshot, held } from '../../testing/snapshots.ts';
import { resolveDisks } from '../../virtual-machine/disks/disks.ts';
import { planOperation } from '../plan.ts';
import { snapshotKind, type ObservedSnapshotOperation } from './kind.ts';

const operation = (
  status?: VMOperation['status'],
  { cancel = false, snapshotSpec }: { cancel?: boolean; snapshotSpec?: SnapshotSpec } = {},
): VMOperation =>
  anOperation('snapshot', {
    spec: { cancel, ...(snapshotSpec && { snapshotSpec }) },
    ...(status && { status }),
  });
const begun = { phase: 'Running', startTime: NOW.toISOString(), fromEpoch: 2, vmUid: UID } as const;
const waiting = operation({ ...begun, steps: [{ name: 'snapshot' }] });
const cancelled = operation(waiting.status, { cancel: true });
const ending = { phase: 'Cancelled', message: 'Cancelled on request' } as const;
const undoing = operation({ ...waiting.status, ending }, { cancel: true });

const ours = (status?: VMSnapshot['status']): VMSnapshot =>
  aSnapshot(status, {
    metadata: { name: 'snapshot', annotations: { [Annotations.madeBy]: operation().metadata.uid ?? '' } },
  });
const whole = { phase: 'Ready', readyToRestore: true, vmUid: UID } as const;
const condition = {
  ...{ type: 'Ready', status: 'False' as const, reason: 'GuestEnded', message: 'The guest ended' },
  lastTransitionTime: NOW.toISOString(),
};
const failed = ours({ phase: 'Failed', readyToRestore: false, conditions: [condition] });

function observe(changes: Partial<ObservedSnapshotOperation> = {}): ObservedSnapshotOperation {
  const vm = aVirtualMachine({
    status: { phase: 'Running', epoch: 2, disks: [{ name: 'root', format: 'qcow2', pvc: 'web-root' }] },
  });
  return {
    ...{ operation: operation(), vm, others: [], config, family: [], snapshot: undefined },
    disks: resolveDisks(anObservation()),
    ...changes,
  };
}

interface Row {
  readonly when: string;
  readonly observed: ObservedSnapshotOperation;
  readonly phase: string;
  readonly message?: RegExp;
  readonly actions?: readonly string[];
}

const rows: Row[] = [
  { when: 'all is there, it begins', observed: observe(), phase: 'Running' },
  {
    when: 'somebody has made a snapshot of the name, it is refused',
    observed: observe({ snapshot: aSnapshot(whole) }),
    phase: 'Failed',
    message: /^VMSnapshot snapshot exists already: choose another snapshotSpec\.name$/,
  },
  {
    when: 'there are as many as the VM may have, it is refused',
    observed: observe({
      config: { ...config, maxSnapshots: 1 },
      family: [aSnapshot(whole, { metadata: held })],
    }),
    phase: 'Failed',
    message: /has 1 snapshots, as many as the operator's snapshots\.maxPerVM allows/,
  },
  {
    when: 'nobody knows the disks, it is refused',
    observed: observe({ disks: { problem: 'VMTemplate none does not exist' } }),
    phase: 'Failed',
    message: /VMTemplate none/,
  },
  {
    when: 'it has begun, it makes the snapshot',
    observed: observe({ operation: operation(begun) }),
    phase: 'Running',
    actions: ['createSnapshot snapshot'],
  },
  {
    when: 'somebody was faster with the name, it fails and leaves theirs',
    observed: observe({ operation: waiting, snapshot: aSnapshot(whole) }),
    phase: 'Failed',
    message: /exists already/,
  },
  {
    when: 'the snapshot is being made, it waits',
    observed: observe({ operation: waiting, snapshot: ours({ phase: 'Creating' }) }),
    phase: 'Running',
  },
  {
    when: 'the snapshot is ready, it is done',
    observed: observe({ operation: waiting, snapshot: ours(whole) }),
    phase: 'Succeeded',
  },
  {
    when: 'the snapshot failed, it fails with its reason, and leaves it to tell more',
    observed: observe({ operation: waiting, snapshot: failed }),
    phase: 'Failed',
    message: /^The guest ended$/,
  },
  {
    when: 'somebody deleted the snapshot, it fails',
    observed: observe({ operation: waiting }),
    phase: 'Failed',
    message: /^VMSnapshot snapshot was deleted$/,
  },
  {
    when: 'it is cancelled over a snapshot that is being made, that is to go first',
    observed: observe({ operation: cancelled, snapshot: ours({ phase: 'Creating' }) }),
    phase: 'Running',
    message: /^Undoing what was begun: Cancelled on request$/,
  },
  {
    when: 'it is undone, the snapshot is deleted',
    observed: observe({ operation: undoing, snapshot: ours({ phase: 'Creating' }) }),
    phase: 'Running',
    actions: ['deleteSnapshot snapshot'],
  },
  {
    when: 'it was cancelled and the snapshot is ready all the same, that stays',
    observed: observe({ operation: undoing, snapshot: ours(whole) }),
    phase: 'Cancelled',
  },
];

describe('an operation snapshot, when', () => {
  for (const { when, observed, phase, message, actions = [] } of rows) {
    it(when, () => {
      const { status, actions: planned } = planOperation(snapshotKind, observed, NOW);
      const told = planned.map((action) =>
        'snapshot' in action ? `${action.type} ${action.snapshot.metadata.name}` : action.type,
      );
      assert.deepEqual([status.phase, told], [phase, actions]);
      if (message) assert.match(status.message ?? '', message);
    });
  }

  it('makes what it is asked for, under the name that it is given', () => {
    const snapshotSpec = { name: 'instant', description: 'as it was', includeMemory: true, quiesce: false };
    const { actions } = planOperation(
      snapshotKind,
      observe({ operation: operation(begun, { snapshotSpec }) }),
      NOW,
    );
    const [made] = actions.flatMap((action) => (action.type === 'createSnapshot' ? [action.snapshot] : []));
    assert.deepEqual(
      [made?.metadata.name, made?.spec],
      [
        'instant',
        {
          ...{ vmRef: { name: 'web' }, includeMemory: true, quiesce: false, method: 'disk' },
          description: 'as it was',
        },
      ],
    );
  });
});
