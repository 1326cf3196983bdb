import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Annotations, type VMOperation, type VMOperationStatus } from '@hypersdk/api';
import { ownerReference } from '@hypersdk/kube';
import { aVirtualMachine, NOW } from '../testing/machines.ts';
import { anOperation } from '../testing/operations.ts';
import { drainConfig } from './config.ts';
import type { ObservedDrains } from './observed.ts';
import { drainOperation } from './operation.ts';
import { planDrains } from './plan.ts';
import type { Stay } from './standing.ts';

const ago = (seconds: number): string => new Date(NOW.getTime() - seconds * 1000).toISOString();

function stay(name: string, changes: Partial<Stay> = {}): Stay {
  const vm = aVirtualMachine({
    metadata: { name, uid: `uid-${name}` },
    status: { phase: 'Running', epoch: 1 },
  });
  return {
    ...{ vm, node: 'node-1', strategy: 'LiveMigrate', operations: [], obstacle: undefined },
    ...changes,
  };
}

/** As a drain has made it. */
function made(name: string, status: VMOperationStatus, attempt = 1, node = 'node-1'): VMOperation {
  const { vm } = stay(name);
  const operation = drainOperation({ vm, node, attempt, timeout: '1h' });
  return { ...operation, status };
}

const running = { phase: 'Running' } as const;
const failed = (seconds: number): VMOperationStatus => ({ phase: 'Failed', completionTime: ago(seconds) });
const waitsForRoom = (seconds: number): VMOperationStatus => ({
  ...running,
  steps: [{ name: 'Preparing', startTime: ago(seconds) }],
});

interface Row {
  readonly when: string;
  readonly observed: Partial<ObservedDrains>;
  readonly create?: readonly string[];
  readonly cancel?: readonly string[];
  readonly requeueAfter?: number;
}

const three = ['a', 'b', 'c'].map((name) => stay(name));

const rows: readonly Row[] = [
  {
    when: 'as many go at once as may of one node',
    observed: { stays: three },
    create: ['a-drain-1-1', 'b-drain-1-1'],
  },
  {
    when: 'what goes already counts',
    observed: {
      stays: [stay('a', { operations: [made('a', running)] }), ...three.slice(1)],
      active: [made('a', running)],
    },
    create: ['b-drain-1-1'],
  },
  {
    when: 'as many go at once as may in the cluster',
    observed: {
      stays: three,
      active: ['v', 'w', 'x', 'y'].map((name) => made(name, running, 1, `node-${name}`)),
      nodes: new Set(['node-1', 'node-v', 'node-w', 'node-x', 'node-y']),
    },
    create: ['a-drain-1-1'],
  },
  {
    when: 'who is to be shut down, or to stay, or cannot go, takes nobody its place',
    observed: {
      stays: [
        stay('a', { strategy: 'Shutdown' }),
        stay('b', { strategy: 'None' }),
        stay('c', { obstacle: 'The guest has something' }),
        stay('d'),
      ],
    },
    create: ['d-drain-1-1'],
  },
  {
    when: "a user's operation comes first",
    observed: { stays: [stay('a', { operations: [anOperation('snapshot', { status: running })] })] },
  },
  {
    when: 'one that failed waits for another attempt',
    observed: { stays: [stay('a', { operations: [made('a', failed(10))] })] },
    requeueAfter: 20_000,
  },
  {
    when: 'the wait is over',
    observed: { stays: [stay('a', { operations: [made('a', failed(31))] })] },
    create: ['a-drain-1-2'],
  },
  {
    when: 'the wait doubles, whatever the order of names',
    observed: {
      stays: [
        stay('a', {
          operations: Array.from({ length: 10 }, (_, index) =>
            made('a', failed(1000 - 100 * index), index + 1),
          ),
        }),
      ],
    },
    requeueAfter: 200_000,
  },
  {
    when: 'an operation of the name is of an earlier VM',
    observed: {
      stays: [
        stay('a', {
          operations: [
            {
              ...made('a', failed(1)),
              metadata: { name: 'a-drain-1-1', annotations: { [Annotations.drains]: 'node-1' } },
            },
          ],
        }),
      ],
    },
    create: ['a-drain-1-1'],
  },
  {
    when: 'its node is drained no more, what has not begun is called off',
    observed: {
      nodes: new Set(),
      active: [made('a', {}), made('b', running), made('c', { phase: 'Pending' })],
    },
    cancel: ['a-drain-1-1', 'c-drain-1-1'],
  },
  {
    when: 'what waits for room is left alone while it is in nobody’s way',
    observed: {
      stays: [stay('a', { operations: [made('a', waitsForRoom(600))] })],
      active: [made('a', waitsForRoom(600))],
    },
  },
  {
    when: 'what has waited for room long enough leaves its place to another',
    observed: {
      stays: [
        stay('a', { operations: [made('a', waitsForRoom(61))] }),
        stay('b', { operations: [made('b', waitsForRoom(40))] }),
        stay('c'),
      ],
      active: [made('a', waitsForRoom(61)), made('b', waitsForRoom(40))],
    },
    cancel: ['a-drain-1-1'],
    requeueAfter: 20_000,
  },
];

const names = (operations: readonly VMOperation[]): string[] =>
  operations.map(({ metadata }) => metadata.name);

describe('planDrains', () => {
  for (const { when, observed, create = [], cancel = [], requeueAfter } of rows) {
    it(when, () => {
      const all = {
        nodes: new Set(['node-1']),
        stays: [],
        active: [],
        config: drainConfig('{}'),
        ...observed,
      };
      const planned = planDrains(all, NOW);
      assert.deepEqual(names(planned.create), create);
      assert.deepEqual(names(planned.cancel), cancel);
      assert.equal(planned.requeueAfter, requeueAfter);
    });
  }
});

describe('the operation that a drain makes', () => {
  const { vm } = stay('web');

  it('is the VM’s, moves it live, and does not stay for ever', () => {
    const { metadata, spec } = drainOperation({ vm, node: 'node-1', attempt: 1, timeout: '2h' });
    assert.deepEqual(metadata.ownerReferences, [ownerReference(vm, { controller: true })]);
    assert.equal(metadata.annotations?.[Annotations.drains], 'node-1');
    assert.deepEqual([spec.operation, spec.migrateSpec?.live, spec.timeout], ['migrate', true, '2h']);
    assert.equal(spec.ttlSecondsAfterFinished, 3600);
  });

  it('has a name that fits, of VMs with long names, too', () => {
    const [one, other] = ['a', 'b'].map((end) => `${'x'.repeat(51)}${end}`);
    const nameOf = (name = ''): string =>
      drainOperation({ ...stay(name), attempt: 12, timeout: '2h' }).metadata.name;
    assert.ok(nameOf(one).length <= 63);
    assert.notEqual(nameOf(one), nameOf(other));
  });
});
