import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { machineShape } from '@hypersdk/api/machine';
import { blankDisk, machineSpec } from '../../testing/machine-spec.ts';
import type { FoundMemory, JobState, Observed, RunningQemu } from '../observe/observed.ts';
import { MIGRATION_JOB } from './action.ts';
import { plan } from './plan.ts';

const NOW = new Date('2026-01-01T00:01:00Z');
const disk = blankDisk();
const spec = machineSpec({ disks: [disk] });
const tcg = { type: 'tcg', reason: 'The spec asks for it.' } as const;
const ID = 'aaaaaaaa-0000-4000-8000-000000000000';
const savedMemory: FoundMemory = {
  directory: '/volumes/root',
  saved: {
    ...{ disk: 'root', file: 'resume.state', bytes: 1, qemuVersion: '10.0.0', acceleration: 'tcg' },
    shape: machineShape(spec),
  },
};
const layers = [{ file: '/volumes/root/disk.qcow2', driver: 'file', format: 'qcow2' }] as const;
const qemu = (status: string): RunningQemu => ({
  ...{
    state: 'running',
    status,
    cpus: 2,
    version: '10.0.0',
    machine: 'pc-q35-10.0',
    startTime: NOW,
    networks: [],
    detached: [],
    silent: false,
  },
  disks: [{ name: 'root', format: 'qcow2', virtualSize: disk.size, actualSize: 1, chain: [] }],
});
const booting: Observed = {
  ...{ spec, specDigest: '', record: {}, powerdownRequested: false, qemu: { state: 'unlaunched' } },
  disks: [{ disk, found: { state: 'ready', layers, virtualSize: 1, actualSize: 1, directIo: true } }],
  ...{ seedPresent: false, firmwareReady: true, networkReady: true, acceleration: tcg, unmounted: [] },
  ...{ freeBytes: undefined, lastGoOn: undefined, lastNudge: undefined, jobs: new Map(), frozen: undefined },
  ...{ guestAgent: undefined, newReboots: undefined, dropped: [], identity: undefined, savedMemory },
  ...{ goAhead: undefined, handOver: undefined },
};
const launch = { spec, acceleration: tcg };
const loading: Observed = {
  ...booting,
  qemu: qemu('inmigrate'),
  record: { launch: { ...launch, resumeFrom: '/volumes/root' } },
};
const running: Observed = { ...booting, qemu: qemu('running'), record: { launch }, savedMemory: undefined };
const stopped: Observed = { ...running, qemu: qemu('finish-migrate') };
const suspended = { ...spec, suspend: ID };
const working = (type: 'suspend-guest' | 'load-memory'): Observed['jobs'] =>
  new Map([[MIGRATION_JOB, { state: 'running', type, action: '' } satisfies JobState]]);
const frozen = { id: ID, quiesced: { value: false } };

const rows: { when: string; observed: Observed; phase: string; actions: string[]; problem?: RegExp }[] = [
  { when: 'there is memory to go on from', observed: booting, phase: 'Preparing', actions: ['launch'] },
  {
    when: 'the machine has become another',
    observed: { ...booting, spec: { ...spec, cpus: 3 } },
    phase: 'Failed',
    actions: [],
    problem: /cpus was 2 and is 3/,
  },
  {
    when: 'QEMU waits for the memory',
    observed: loading,
    phase: 'Starting',
    actions: ['load-memory'],
  },
  {
    when: 'it is to power down before it has loaded anything',
    observed: { ...loading, powerdownRequested: true },
    phase: 'PoweringDown',
    actions: ['quit'],
  },
  {
    when: 'it is to power down while it loads, the guest goes on first',
    observed: { ...loading, powerdownRequested: true, jobs: working('load-memory') },
    phase: 'Starting',
    actions: [],
  },
  {
    when: 'the guest has gone on',
    observed: { ...running, record: { ...loading.record, resumed: true } },
    phase: 'Running',
    actions: [],
  },
  {
    when: 'it is to be suspended',
    observed: { ...running, spec: suspended },
    phase: 'Running',
    actions: ['suspend-guest'],
  },
  {
    when: 'it is being suspended, a powerdown waits',
    observed: { ...stopped, spec: suspended, jobs: working('suspend-guest'), powerdownRequested: true },
    phase: 'Running',
    actions: [],
  },
  {
    when: 'it is being suspended, and that is not wanted any more',
    observed: { ...running, jobs: working('suspend-guest') },
    phase: 'Running',
    actions: ['cancel-suspension'],
  },
  {
    when: 'that is not wanted any more, and its memory is saved',
    observed: { ...stopped, savedMemory, jobs: working('suspend-guest') },
    phase: 'PoweringDown',
    actions: ['quit'],
  },
  {
    when: 'its memory is saved, whoever asked for what meanwhile',
    observed: { ...stopped, savedMemory, powerdownRequested: true },
    phase: 'PoweringDown',
    actions: ['quit'],
  },
  {
    when: 'its memory could not be saved, that is told once',
    observed: { ...running, spec: suspended, frozen },
    phase: 'Running',
    actions: ['record-freeze'],
  },
  {
    when: 'that was told, it runs on',
    observed: { ...running, spec: suspended, frozen, record: { launch, lastFreeze: frozen } },
    phase: 'Running',
    actions: [],
  },
  {
    when: 'it stands still for a migration that nobody follows',
    observed: stopped,
    phase: 'Running',
    actions: ['abandon-migration'],
  },
  {
    when: 'a clone is to have it, which has not taken it away yet',
    observed: {
      ...running,
      spec: { ...spec, request: { id: ID, type: 'freeze', memory: true, isForClone: true } },
      ...{ mayHavePassingMemory: true, record: { launch, lastRequest: ID } },
    },
    phase: 'Running',
    actions: [],
  },
  {
    when: 'a clone was to have it that is not to be made any more',
    observed: { ...running, mayHavePassingMemory: true },
    phase: 'Running',
    actions: ['forget-passing-memory'],
  },
  {
    when: 'it stands still for a snapshot, that is followed',
    observed: { ...stopped, spec: { ...spec, request: { id: ID, type: 'freeze', memory: true } } },
    phase: 'Running',
    actions: ['freeze-disks'],
  },
];

describe("a machine's memory, when", () => {
  for (const { when, observed, phase, actions, problem } of rows) {
    it(when, () => {
      const next = plan(observed, NOW);
      assert.deepEqual([next.phase, next.actions.map(({ type }) => type)], [phase, actions]);
      if (problem) assert.match(next.problem?.message ?? '', problem);
    });
  }
});

it('a guest goes on in a machine of the room that its own had', () => {
  const room = { bootCpus: 2, maxCpus: 16, bootMemory: 128, maxMemory: 1024 };
  const found = { ...savedMemory, saved: { ...savedMemory.saved, room } };
  const { actions } = plan({ ...booting, savedMemory: found }, NOW);
  assert.deepEqual(
    actions.map((action) => action.type === 'launch' && action.room),
    [room],
  );
});

describe('memory that a guest goes on from', () => {
  const clone = { memoryOffset: 4096 };
  for (const [of, changes, isCopy] of [
    ['its own suspension is no copy', {}, false],
    ['a snapshot is one', { file: 'memory-aaaaaaaa.state' }, true],
    ['another machine is one', { clone }, true],
  ] as const) {
    it(`and that is of ${of}`, () => {
      const found = { ...savedMemory, saved: { ...savedMemory.saved, ...changes } };
      const [action] = plan({ ...booting, savedMemory: found }, NOW).actions;
      assert.ok(action?.type === 'launch');
      assert.deepEqual([action.isCopy, action.clone], [isCopy, 'clone' in changes ? clone : undefined]);
    });
  }
});
