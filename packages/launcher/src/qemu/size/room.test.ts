import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MachineSpec } from '@hypersdk/api/machine';
import { machineSpec } from '../../testing/machine-spec.ts';
import { machineRoom } from './room.ts';

const MIB = 1024 ** 2;
const GIB = 1024 * MIB;

const cases: readonly { name: string; spec: Partial<MachineSpec>; maxCpus: number; maxMemory: number }[] = [
  {
    name: 'four times its processors, and no memory where that costs a small guest some',
    spec: { cpus: 2, memory: 256 * MIB },
    ...{ maxCpus: 8, maxMemory: 256 * MIB },
  },
  {
    name: 'four times its memory where that costs nothing',
    spec: { cpus: 1, memory: 4 * GIB },
    ...{ maxCpus: 4, maxMemory: 16 * GIB },
  },
  {
    name: 'no more than QEMU and small processors can address, unasked',
    spec: { cpus: 100, memory: 64 * GIB },
    ...{ maxCpus: 128, maxMemory: 128 * GIB },
  },
  {
    name: 'nothing beside what is beyond that already',
    spec: { cpus: 128, memory: 256 * GIB },
    ...{ maxCpus: 128, maxMemory: 256 * GIB },
  },
  {
    name: 'what is asked for, in sections that Linux can use',
    spec: { cpus: 1, memory: 256 * MIB, maxCpus: 2, maxMemory: 400 * MIB },
    ...{ maxCpus: 2, maxMemory: 512 * MIB },
  },
  {
    name: 'nothing where less is asked for than there is',
    spec: { cpus: 4, memory: 4 * GIB, maxCpus: 1, maxMemory: 1 * GIB },
    ...{ maxCpus: 4, maxMemory: 4 * GIB },
  },
  {
    name: 'nothing on a microvm, which has no bus for it',
    spec: { machineType: 'microvm', cpus: 2, memory: 4 * GIB, maxCpus: 8 },
    ...{ maxCpus: 2, maxMemory: 4 * GIB },
  },
];

describe('the room of a machine', () => {
  for (const { name, spec, maxCpus, maxMemory } of cases) {
    it(`is ${name}`, () => {
      const { generation: _, ...room } = machineRoom(machineSpec(spec));
      assert.deepEqual(room, { bootCpus: spec.cpus, maxCpus, bootMemory: spec.memory, maxMemory });
    });
  }

  it('tells by its UUID which generation of the VM it is, but on a microvm, which has no device for that', () => {
    const { uuid } = machineSpec();
    const generations = (['q35', 'microvm'] as const).map(
      (machineType) => machineRoom(machineSpec({ machineType })).generation,
    );
    assert.deepEqual(generations, [uuid, undefined]);
  });

  it('is that of the machine whose state it takes over', () => {
    const room = { bootCpus: 1, maxCpus: 3, bootMemory: 128 * MIB, maxMemory: 256 * MIB };
    assert.deepEqual(machineRoom(machineSpec({ room })), room);
  });
});
