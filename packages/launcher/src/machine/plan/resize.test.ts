import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MachineSpec } from '@hypersdk/api/machine';
import { machineSpec } from '../../testing/machine-spec.ts';
import { machineRoom } from '../../qemu/size/room.ts';
import type { RunningQemu } from '../observe/observed.ts';
import { resizeJobs, resizesAwaitingRestart, resizing, sizeToSave } from './resize.ts';

const MIB = 1024 ** 2;
const GIB = 1024 * MIB;

const started = machineSpec({ cpus: 2, memory: 256 * MIB, maxMemory: 1 * GIB });
const qemu = (cpus: number, requested: number, size = requested): RunningQemu => ({
  ...{ state: 'running', status: 'running', version: '10.0.0', machine: 'pc-q35-10.0' },
  ...{ startTime: undefined, silent: false },
  ...{ cpus, pluggedMemory: { requested: requested * MIB, size: size * MIB } },
  ...{ disks: [], networks: [], detached: [] },
});

interface Case {
  readonly name: string;
  readonly wanted?: Partial<MachineSpec>;
  readonly now?: RunningQemu;
  readonly acceleration?: 'kvm' | 'tcg';
  readonly jobs?: readonly object[];
  readonly underWay?: readonly string[];
  readonly awaiting?: readonly string[];
}

const cases: readonly Case[] = [
  { name: 'nothing for a machine that is as it should be' },
  {
    name: 'processors and memory that come',
    wanted: { cpus: 4, memory: 512 * MIB },
    jobs: [
      { type: 'resize-processors', cpus: 4 },
      { type: 'resize-memory', requested: 256 * MIB },
    ],
    underWay: ['cpus 2 -> 4', 'memory 256 -> 512'],
  },
  {
    name: 'no second request while the guest takes its memory',
    wanted: { memory: 512 * MIB },
    now: qemu(2, 256, 128),
    underWay: ['memory 384 -> 512'],
  },
  {
    name: 'processors and memory that go',
    wanted: { cpus: 1, memory: 384 * MIB },
    now: qemu(4, 256),
    acceleration: 'kvm',
    jobs: [
      { type: 'resize-processors', cpus: 1 },
      { type: 'resize-memory', requested: 128 * MIB },
    ],
    underWay: ['cpus 4 -> 1', 'memory 512 -> 384'],
  },
  { name: 'that TCG takes no processor', wanted: { cpus: 1 }, awaiting: ['cpus 2 -> 1'] },
  {
    name: 'what is beyond the room, and does not begin with it',
    wanted: { cpus: 9, memory: 2 * GIB },
    awaiting: ['cpus 2 -> 9', 'memory 256Mi -> 2Gi'],
  },
  {
    name: 'memory below what the guest started with, and takes back what came since',
    wanted: { memory: 128 * MIB },
    now: qemu(2, 256),
    jobs: [{ type: 'resize-memory', requested: 0 }],
    underWay: ['memory 512 -> 256'],
    awaiting: ['memory 512Mi -> 128Mi'],
  },
  {
    name: 'blocks that guests take, and no part of one',
    wanted: { memory: 300_000_000 },
    jobs: [{ type: 'resize-memory', requested: 28 * MIB }],
    underWay: ['memory 256 -> 284'],
  },
  {
    name: 'more room',
    wanted: { maxCpus: 16, maxMemory: 2 * GIB },
    awaiting: ['maxCpus 8 -> 16', 'maxMemory 1Gi -> 2Gi'],
  },
];

describe('planning a resize', () => {
  for (const { name, wanted, now = qemu(2, 0), acceleration = 'tcg', ...expected } of cases) {
    it(`finds ${name}`, () => {
      const launch = {
        spec: started,
        acceleration: { type: acceleration, reason: '' },
        room: machineRoom(started),
      };
      const observed = { spec: { ...started, ...wanted }, record: { launch }, jobs: new Map() };
      const inMib = (field: string, n: number): number => (field === 'memory' ? n / MIB : n);
      assert.deepEqual(resizeJobs(observed, now), expected.jobs ?? []);
      assert.deepEqual(
        resizing(observed, now).map(
          (each) => `${each.field} ${inMib(each.field, each.now)} -> ${inMib(each.field, each.wanted)}`,
        ),
        expected.underWay ?? [],
      );
      assert.deepEqual(
        resizesAwaitingRestart(observed, now).map((each) => `${each.field} ${each.now} -> ${each.wanted}`),
        expected.awaiting ?? [],
      );
    });
  }

  it('leaves a machine that an earlier launcher has started as it is', () => {
    const launch = { spec: started, acceleration: { type: 'kvm', reason: '' } } as const;
    const observed = {
      spec: { ...started, cpus: 4, memory: 512 * MIB },
      record: { launch },
      jobs: new Map(),
    };
    const { pluggedMemory: _, ...bare } = qemu(2, 0);
    assert.deepEqual(resizeJobs(observed, bare), []);
    assert.deepEqual(
      resizesAwaitingRestart(observed, bare).map(({ field }) => field),
      ['cpus', 'memory', 'maxMemory'],
    );
  });
});

describe('the size that a guest whose memory is saved goes on with', () => {
  const rows = [
    { name: 'what it has', now: qemu(4, 256), memory: 512, size: [4, 512] },
    { name: 'what it is on its way to', now: qemu(2, 256, 128), memory: 512, size: [2, 512] },
    { name: 'what it has not given back yet', now: qemu(2, 0, 128), memory: 256, size: [2, 384] },
    {
      name: 'what it has where it cannot have what is wanted',
      now: qemu(2, 0),
      memory: 4096,
      size: [2, 256],
    },
  ] as const;
  for (const { name, now, memory, size } of rows) {
    it(name, () => {
      const launch = {
        ...{ spec: started, room: machineRoom(started) },
        acceleration: { type: 'tcg', reason: '' },
      } as const;
      const spec = { ...started, memory: memory * MIB };
      assert.deepEqual(sizeToSave({ spec, record: { launch } }, now), {
        cpus: size[0],
        memory: size[1] * MIB,
      });
    });
  }
});
