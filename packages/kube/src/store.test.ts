import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubeObject } from './object.ts';
import { Store, type Change } from './store.ts';

describe('a store', () => {
  const cases: {
    name: string;
    before: KubeObject[];
    act: (store: Store<KubeObject>) => Change<KubeObject>[];
    told: string[];
  }[] = [
    { name: 'tells of what is new', before: [], act: (s) => s.put(pod('a', 1)), told: ['added a1'] },
    {
      name: 'tells of what changed',
      before: [pod('a', 1)],
      act: (s) => s.put(pod('a', 2)),
      told: ['modified a2 was a1'],
    },
    {
      name: 'does not tell the same version twice',
      before: [pod('a', 1)],
      act: (s) => s.put(pod('a', 1)),
      told: [],
    },
    {
      name: 'tells two objects of one name apart',
      before: [pod('a', 1, 'old')],
      act: (s) => s.put(pod('a', 2, 'new')),
      told: ['deleted a1', 'added a2'],
    },
    {
      name: 'tells the state at deletion',
      before: [pod('a', 1)],
      act: (s) => s.remove(pod('a', 2)),
      told: ['deleted a2'],
    },
    { name: 'does not tell of what it never had', before: [], act: (s) => s.remove(pod('a', 2)), told: [] },
    {
      name: 'replaced, tells the difference',
      before: [pod('a', 1), pod('b', 1), pod('c', 1)],
      act: (s) => s.replace([pod('b', 1), pod('c', 2), pod('d', 3)]),
      told: ['deleted a1', 'modified c2 was c1', 'added d3'],
    },
  ];
  for (const { name, before, act, told } of cases) {
    it(name, () => {
      const store = new Store<KubeObject>();
      store.replace(before);
      assert.deepEqual(act(store).map(describeChange), told);
    });
  }

  it('finds by index, and keeps the index true as objects change and go', () => {
    const store = new Store<KubeObject>({ node: ({ metadata }) => Object.values(metadata.labels ?? {}) });
    const names = (node: string): string[] =>
      store.byIndex('node', node).map(({ metadata }) => metadata.name);
    store.put(labelled('a', 1, 'one'));
    store.put(labelled('b', 1, 'one'));
    assert.deepEqual([names('one'), names('two')], [['a', 'b'], []]);
    store.put(labelled('a', 2, 'two'));
    assert.deepEqual([names('one'), names('two')], [['b'], ['a']]);
    store.replace([labelled('b', 1, 'one')]);
    assert.deepEqual([names('one'), names('two')], [['b'], []]);
    assert.throws(() => store.byIndex('unknown', 'one'), /no index unknown/);
  });
});

function pod(name: string, version: number, uid = name): KubeObject {
  return { metadata: { name, namespace: 'test', uid, resourceVersion: String(version) } };
}

function labelled(name: string, version: number, node: string): KubeObject {
  return { metadata: { ...pod(name, version).metadata, labels: { node } } };
}

function describeChange(change: Change<KubeObject>): string {
  const told = `${change.type} ${nameAndVersion(change.object)}`;
  return change.type === 'modified' ? `${told} was ${nameAndVersion(change.previous)}` : told;
}

function nameAndVersion({ metadata }: KubeObject): string {
  return `${metadata.name}${metadata.resourceVersion ?? ''}`;
}
