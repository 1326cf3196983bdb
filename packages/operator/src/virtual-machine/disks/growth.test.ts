import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseBytes, type MachineSpec, type MachineState, type VirtualMachine } from '@hypersdk/api';
import type { PersistentVolumeClaim, StorageClass } from '@hypersdk/kube';
import {
  aClaim,
  aMachine,
  anObservation,
  aPod,
  aStorageClass,
  aVirtualMachine,
  NOW,
} from '../../testing/machines.ts';
import type { Plan } from '../plan/actions.ts';
import { plan } from '../plan/plan.ts';

type Status = NonNullable<PersistentVolumeClaim['status']>;

const growing: StorageClass = { ...aStorageClass('Immediate'), allowVolumeExpansion: true };
const rigid: StorageClass = { ...aStorageClass('Immediate'), metadata: { name: 'rigid' } };

function claimOf(requested: string, capacity: string, status: Partial<Status> = {}, className = 'standard') {
  return {
    ...aClaim(),
    spec: { storageClassName: className, resources: { requests: { storage: requested } } },
    status: { phase: 'Bound', capacity: { storage: capacity }, ...status },
  };
}

/** A running VM with a disk of 1Gi whose spec asks for 2Gi. */
function vmWanting(size: string, now = '1Gi', changes: object = {}): VirtualMachine {
  const [disk] = aVirtualMachine().spec.disks ?? [];
  assert.ok(disk);
  return aVirtualMachine({
    spec: { disks: [{ ...disk, size, ...changes }] },
    status: {
      ...{ phase: 'Running', epoch: 1, podName: 'web-1', startTime: '2026-01-02T03:00:00Z' },
      disks: [{ name: 'root', size: now, format: 'qcow2' }],
    },
  });
}

interface Row {
  readonly when: string;
  readonly vm?: VirtualMachine;
  readonly claim: PersistentVolumeClaim;
  readonly classes?: readonly StorageClass[];
  /** Bytes that the running guest sees, and that its launcher was last told. */
  readonly virtualSize?: string;
  readonly fileSystemsDue?: MachineState['disks'][number]['fileSystemsDue'];
  readonly actions: readonly string[];
  /** What the launcher is told by a PUT. */
  readonly granted?: string;
  readonly reason: string;
  readonly message?: RegExp;
  readonly also?: (planned: Plan) => void;
}

const rows: readonly Row[] = [
  {
    when: 'asks for a larger volume first, and leaves the guest as it is',
    claim: claimOf('1Gi', '1Gi'),
    actions: ['growClaim web-root 2Gi'],
    reason: 'Growing',
  },
  {
    when: 'waits for the volume to be larger',
    claim: claimOf('2Gi', '1Gi'),
    actions: [],
    reason: 'Growing',
    message: /waits for claim web-root to grow to 2Gi/,
  },
  {
    when: 'says what the storage says of it',
    claim: claimOf('2Gi', '1Gi', {
      conditions: [{ type: 'ControllerResizeError', status: 'True', message: 'pool is full' }],
    }),
    actions: [],
    reason: 'Growing',
    message: /pool is full/,
  },
  {
    when: 'names the restart that a file system may wait for',
    claim: claimOf('2Gi', '1Gi', { conditions: [{ type: 'FileSystemResizePending', status: 'True' }] }),
    actions: [],
    reason: 'Growing',
    also: ({ status }) => {
      const change = { field: 'disks[root].size', now: '1Gi', wanted: '2Gi' };
      assert.deepEqual(status.restartAwaitingChanges, [change]);
    },
  },
  {
    when: 'enlarges the disk once there is room',
    claim: claimOf('2Gi', '2Gi'),
    actions: ['putMachine'],
    granted: '2Gi',
    reason: 'Growing',
    also: ({ follow }) => {
      assert.ok(follow);
    },
  },
  {
    when: 'needs no larger volume where the storage gave more than was asked',
    claim: claimOf('1Gi', '4Gi'),
    actions: ['putMachine'],
    granted: '2Gi',
    reason: 'Growing',
  },
  {
    when: 'tells of a disk that has grown',
    claim: claimOf('2Gi', '2Gi'),
    virtualSize: '2Gi',
    actions: [],
    reason: 'DisksReady',
    also: ({ status, events, follow }) => {
      assert.equal(status.disks?.[0]?.size, '2Gi');
      assert.equal(status.lastReconfigureTime, NOW.toISOString());
      assert.deepEqual(
        events.map(({ reason }) => reason),
        ['DiskGrown', 'ReconfigureCompleted'],
      );
      assert.equal(follow, undefined);
    },
  },
  {
    when: 'says once that the guest has not taken up a disk that has grown, which is as large as asked',
    claim: claimOf('2Gi', '2Gi'),
    virtualSize: '2Gi',
    fileSystemsDue: { problem: 'Disk root has grown, and the file systems on it have not' },
    actions: [],
    reason: 'FileSystemNotGrown',
    message: /^Disk root has grown, and/,
    also: ({ status, events }) => {
      assert.equal(status.conditions?.find(({ type }) => type === 'DiskReady')?.status, 'True');
      assert.match(status.disks?.[0]?.fileSystemProblem ?? '', /^Disk root has grown, and/);
      assert.deepEqual(
        events.map(({ type, reason }) => [type, reason]),
        [
          ['Normal', 'DiskGrown'],
          ['Warning', 'FileSystemNotGrown'],
          ['Normal', 'ReconfigureCompleted'],
        ],
      );
    },
  },
  {
    when: 'says nothing of a guest that no agent has been asked in yet',
    claim: claimOf('2Gi', '2Gi'),
    virtualSize: '2Gi',
    fileSystemsDue: {},
    actions: [],
    reason: 'DisksReady',
  },
  {
    when: 'says once that a class cannot grow, and does nothing by halves',
    claim: claimOf('1Gi', '1.5Gi', {}, 'rigid'),
    actions: [],
    reason: 'ExpansionNotSupported',
    message: /StorageClass rigid of claim web-root does not allow volume expansion/,
    also: ({ status, events }) => {
      assert.equal(status.phase, 'Running');
      assert.deepEqual(
        events.map(({ reason }) => reason),
        ['ExpansionNotSupported'],
      );
      assert.deepEqual(status.restartAwaitingChanges, []);
    },
  },
  {
    when: 'says that the class is not there',
    claim: claimOf('1Gi', '1Gi', {}, 'gone'),
    actions: [],
    reason: 'ExpansionNotSupported',
    message: /StorageClass gone of claim web-root does not exist/,
  },
  {
    when: 'says that the storage has given up',
    claim: claimOf('2Gi', '1Gi', {
      allocatedResourceStatuses: { storage: 'ControllerResizeInfeasible' },
      conditions: [{ type: 'ControllerResizeError', status: 'True', message: 'out of range' }],
    }),
    actions: [],
    reason: 'ExpansionFailed',
    message: /out of range/,
  },
  {
    when: 'leaves a claim that was given to whoever gave it',
    vm: vmWanting('2Gi', '1Gi', { source: { pvc: { name: 'web-root' } } }),
    claim: claimOf('1Gi', '1Gi'),
    actions: [],
    reason: 'ClaimTooSmall',
    message: /claim web-root, which the VM was given, has 1Gi: let it ask for 2Gi/,
  },
  {
    when: 'does not touch a claim that is being deleted',
    claim: { ...claimOf('1Gi', '1Gi'), metadata: { ...aClaim().metadata, deletionTimestamp: 'now' } },
    actions: [],
    reason: 'Growing',
  },
];

describe('a running VM whose disk is to be larger', () => {
  for (const {
    when,
    claim,
    classes = [growing, rigid],
    virtualSize = '1Gi',
    fileSystemsDue,
    reason,
    message,
    ...row
  } of rows) {
    it(when, () => {
      const vm = row.vm ?? vmWanting('2Gi');
      const told = aMachine(vmWanting(virtualSize), 1);
      assert.equal(told.type, 'state');
      const disks: MachineState['disks'] = [
        {
          ...{
            name: 'root',
            format: 'qcow2',
            virtualSize: parseBytes(virtualSize),
            actualSize: 0,
            chain: [],
          },
          ...(fileSystemsDue && { fileSystemsDue }),
        },
      ];
      // A given claim's machine differs in its source, too.
      const machine = row.vm ? aMachine(row.vm, 1, { disks }) : { ...told, state: { ...told.state, disks } };
      const observed = anObservation({
        ...{ vm, machine, pods: [aPod(vm, 1)], storageClasses: classes },
        claims: new Map([['web-root', claim]]),
      });
      const planned = plan(observed, NOW);
      if (!row.vm) assert.deepEqual(summary(planned), row.actions);
      else assert.ok(!summary(planned).some((action) => action.startsWith('growClaim')));
      if (row.granted) assert.equal(machineOf(planned)?.disks[0]?.size, parseBytes(row.granted));
      const condition = planned.status.conditions?.find(({ type }) => type === 'DiskReady');
      assert.equal(condition?.reason, reason);
      if (message) assert.match(condition.message, message);
      row.also?.(planned);
    });
  }
});

describe('a VM that is off', () => {
  it('asks for a larger volume at once', () => {
    const vm = aVirtualMachine({ ...vmWanting('2Gi'), spec: { ...vmWanting('2Gi').spec, running: false } });
    const claims = new Map([['web-root', claimOf('1Gi', '1Gi')]]);
    const planned = plan(anObservation({ vm, claims, storageClasses: [growing] }), NOW);
    assert.deepEqual(summary(planned), ['growClaim web-root 2Gi']);
  });

  it('starts with the disk that its volume has room for', () => {
    const claims = new Map([['web-root', claimOf('2Gi', '1Gi')]]);
    const vm = aVirtualMachine({
      spec: vmWanting('2Gi').spec,
      status: {
        phase: 'Stopped',
        epoch: 1,
        podName: 'web-1',
        disks: [{ name: 'root', size: '1Gi', format: 'qcow2' }],
      },
    });
    const planned = plan(anObservation({ vm, claims, storageClasses: [growing] }), NOW);
    assert.equal(machineOf(planned)?.disks[0]?.size, parseBytes('1Gi'));
  });
});

/** `growClaim web-root 2Gi`. */
function summary({ actions }: Plan): string[] {
  return actions.map((action) =>
    action.type === 'growClaim' ? `growClaim ${action.claim.metadata.name} ${action.size}` : action.type,
  );
}

function machineOf({ actions }: Plan): MachineSpec | undefined {
  return actions.flatMap((action) => ('machine' in action ? [action.machine] : []))[0];
}
