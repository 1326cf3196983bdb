import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseBytes, type VirtualMachine, type VMOperation } from '@hypersdk/api';
import { aVirtualMachine } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { nodeObstacle } from './node-room.ts';

type Resize = Partial<NonNullable<VMOperation['spec']['resizeSpec']>>;
const resources = { cpu: '2', memory: '1Gi', overhead: '0' };
const free = { cpu: 300, memory: parseBytes('1Gi') };

const rows: {
  readonly when: string;
  readonly resizeSpec: Resize;
  readonly refused?: RegExp;
  readonly spec?: Partial<VirtualMachine['spec']>;
  readonly left?: typeof free;
}[] = [
  { when: 'it has just the room', resizeSpec: { cpus: 5, memory: '2Gi' } },
  { when: 'memory is missing', resizeSpec: { memory: '2176Mi' }, refused: /: 128 MiB of memory are missing/ },
  { when: 'processors are missing', resizeSpec: { cpus: 6 }, refused: /: 0\.1 CPUs are missing/ },
  {
    when: 'both are',
    resizeSpec: { cpus: 8, memory: '4Gi' },
    refused: /: 0\.3 CPUs and 2048 MiB of memory are missing/,
  },
  { when: 'the guest is to have it at its next start', resizeSpec: { cpus: 64, hotplug: false } },
  {
    when: 'the pod requests what spec says, whatever the guest has',
    resizeSpec: { cpus: 64 },
    spec: { resources: { requests: { cpu: '1' } } },
  },
  {
    when: 'it has less than none, and the guest gives some back',
    resizeSpec: { cpus: 1, memory: '512Mi' },
    left: { cpu: -500, memory: -1 },
  },
];

describe('the node that a guest grows on', () => {
  for (const { when, resizeSpec, refused, spec = {}, left = free } of rows) {
    it(`${refused ? 'is no place for it' : 'lets it'} when ${when}`, () => {
      const operation = anOperation('resize', { spec: { resizeSpec: { hotplug: true, ...resizeSpec } } });
      const vm = aVirtualMachine({ spec, status: { resources } });
      const said = nodeObstacle({ operation, vm, node: { name: 'node-1', free: left } });
      if (refused) assert.match(said ?? '', refused);
      else assert.equal(said, undefined);
    });
  }
});
