import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Annotations, type VirtualMachine, type VMOperation, type VMSnapshot } from '@hypersdk/api';
import { aVirtualMachine, NOW, UID } from '../testing/machines.ts';
import { anOperation } from '../testing/operations.ts';
import { aSnapshot, held } from '../testing/snapshots.ts';
import { deleteKind } from './delete/kind.ts';
import type { OperationKind } from './kind.ts';
import { planOperation } from './plan.ts';
import { powerKinds } from './power/kinds.ts';
import { suspendKind } from './suspend/kind.ts';

const at = (seconds: number): string => new Date(NOW.getTime() + seconds * 1000).toISOString();
const vm = aVirtualMachine({ status: { phase: 'Running', epoch: 1 } });
const failed: VirtualMachine['status'] = {
  ...{ phase: 'Failed', epoch: 1 },
  conditions: [
    { type: 'Stalled', status: 'True', reason: 'QemuFailed', message: '', lastTransitionTime: at(0) },
  ],
};
const snapshot = (status: VMSnapshot['status'], metadata: Partial<VMSnapshot['metadata']> = {}): VMSnapshot =>
  aSnapshot(status, { metadata });
const going = { ...held, deletionTimestamp: at(0) };
const suspend = (changes: Parameters<typeof anOperation>[1] = {}): VMOperation =>
  anOperation('suspend', { name: 'a-suspend', created: at(0), ...changes });

interface Row {
  readonly when: string;
  readonly snapshot: VMSnapshot;
  readonly kind?: OperationKind;
  readonly operation?: VMOperation;
  readonly vm?: VirtualMachine;
  readonly waits: boolean;
}

const rows: Row[] = [
  {
    when: 'an older one has not begun',
    snapshot: snapshot(undefined, { creationTimestamp: at(-1) }),
    waits: true,
  },
  { when: 'one of the same second has not begun', snapshot: snapshot({ phase: 'Pending' }), waits: true },
  {
    when: 'a later one has not begun',
    snapshot: snapshot({ phase: 'Pending' }, { creationTimestamp: at(1) }),
    waits: false,
  },
  {
    when: 'a later one is being made already',
    snapshot: snapshot({ phase: 'Creating', vmUid: UID }, { creationTimestamp: at(1) }),
    waits: true,
  },
  {
    when: 'one is being folded away',
    snapshot: snapshot({ phase: 'Deleting', vmUid: UID }, going),
    waits: true,
  },
  {
    when: 'one that is deleted waits for linked clones to go',
    snapshot: snapshot({ phase: 'Ready', vmUid: UID }, going),
    waits: false,
  },
  { when: 'one has failed', snapshot: snapshot({ phase: 'Failed', vmUid: UID }), waits: false },
  { when: 'one is there', snapshot: snapshot({ phase: 'Ready', vmUid: UID }), waits: false },
  {
    when: 'one was being made of a former VM of the name',
    snapshot: snapshot({ phase: 'Creating', vmUid: 'former' }),
    waits: false,
  },
  {
    when: 'one is its own',
    snapshot: snapshot({ phase: 'Pending' }, { annotations: { [Annotations.madeBy]: 'op-suspend' } }),
    waits: false,
  },
  {
    when: 'one waits for a VM that only its user can bring on',
    snapshot: snapshot({ phase: 'Pending' }),
    vm: aVirtualMachine({ status: failed }),
    waits: false,
  },
  {
    when: 'it is a dry run',
    snapshot: snapshot({ phase: 'Pending' }),
    operation: suspend({ spec: { dryRun: true } }),
    waits: false,
  },
  ...(['stop', 'restart', 'pause'] as const).map((operation) => ({
    when: `it is operation ${operation}`,
    ...{ snapshot: snapshot({ phase: 'Pending' }), kind: powerKinds[operation] },
    ...{ operation: anOperation(operation), waits: false },
  })),
  {
    when: 'it is operation delete',
    ...{ snapshot: snapshot({ phase: 'Pending' }), kind: deleteKind },
    ...{ operation: anOperation('delete'), waits: false },
  },
];

describe('an operation and a snapshot of its VM:', () => {
  for (const { when, waits, kind = suspendKind, ...row } of rows) {
    it(`${waits ? 'it waits' : 'it goes on'} when ${when}`, () => {
      const operation = row.operation ?? suspend();
      const observed = { operation, vm: row.vm ?? vm, others: [], family: [row.snapshot] };
      const { phase, message } = planOperation(kind, observed, NOW).status;
      assert.equal(phase === 'Pending', waits);
      if (waits) assert.match(message ?? '', /^Waiting for VMSnapshot before/);
    });
  }

  it('says for what the snapshot waits itself', () => {
    const [type, message] = ['Ready', 'VirtualMachine web is Creating'];
    const ready = { type, message, status: 'False', reason: 'Waiting', lastTransitionTime: at(0) } as const;
    const family = [snapshot({ phase: 'Pending', conditions: [ready] })];
    const { status } = planOperation(suspendKind, { operation: suspend(), vm, others: [], family }, NOW);
    assert.equal(status.message, `Waiting for VMSnapshot before: ${message}`);
  });
});
