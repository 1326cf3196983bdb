import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addFinalizer, hasFinalizer, removeFinalizer } from './finalizers.ts';
import { keyOf, parseKey, type KubeObject } from './object.ts';
import { isOwnedBy, ownerReference } from './owner-reference.ts';
import { collectionPath, objectPath } from './resource.ts';
import { Leases, Nodes, Pods } from './resources.ts';

describe('a resource', () => {
  const paths: [string, string][] = [
    [collectionPath(Pods), '/api/v1/pods'],
    [collectionPath(Pods, 'test'), '/api/v1/namespaces/test/pods'],
    [collectionPath(Leases, 'test'), '/apis/coordination.k8s.io/v1/namespaces/test/leases'],
    [
      objectPath(Pods, { namespace: 'test', name: 'web' }, 'status'),
      '/api/v1/namespaces/test/pods/web/status',
    ],
    [objectPath(Nodes, { namespace: 'ignored', name: 'one' }), '/api/v1/nodes/one'],
    [objectPath(Nodes, { name: 'a/../b?c' }), '/api/v1/nodes/a%2F..%2Fb%3Fc'],
  ];
  for (const [path, expected] of paths) {
    it(`lives at ${expected}`, () => {
      assert.equal(path, expected);
    });
  }
});

describe('a key', () => {
  for (const key of ['test/web', 'node']) {
    it(`survives the way there and back: ${key}`, () => {
      assert.equal(keyOf(parseKey(key)), key);
      assert.equal(keyOf({ metadata: parseKey(key) }), key);
    });
  }
});

describe('finalizers', () => {
  const plain: KubeObject = { metadata: { name: 'web' } };

  it('are added and removed without touching the object given', () => {
    const held = addFinalizer(addFinalizer(plain, 'a'), 'b');
    assert.deepEqual(held.metadata.finalizers, ['a', 'b']);
    assert.deepEqual(removeFinalizer(held, 'a').metadata.finalizers, ['b']);
    assert.deepEqual([hasFinalizer(plain, 'a'), hasFinalizer(held, 'a')], [false, true]);
  });

  it('give the same object back when there is nothing to do', () => {
    const held = addFinalizer(plain, 'a');
    assert.equal(addFinalizer(held, 'a'), held);
    assert.equal(removeFinalizer(held, 'b'), held);
  });
});

describe('an owner', () => {
  const owner: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', uid: '1' } };

  it('is known by its uid and not by its name', () => {
    const reference = ownerReference(owner, { controller: true, blockOwnerDeletion: true });
    const child: KubeObject = { metadata: { name: 'child', ownerReferences: [reference] } };
    assert.deepEqual(reference, {
      apiVersion: 'v1',
      kind: 'Pod',
      name: 'web',
      uid: '1',
      controller: true,
      blockOwnerDeletion: true,
    });
    assert.deepEqual([isOwnedBy(child, '1'), isOwnedBy(child, '2')], [true, false]);
  });

  it('must have been read from the server', () => {
    assert.throws(
      () => ownerReference({ ...owner, metadata: { name: 'web' } }),
      /needs apiVersion, kind and uid/,
    );
  });
});
