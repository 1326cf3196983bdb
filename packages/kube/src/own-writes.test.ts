import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Informer } from './informer.ts';
import type { KubeObject } from './object.ts';
import { OwnWrites } from './own-writes.ts';

const version = (resourceVersion: string): KubeObject => ({
  metadata: { namespace: 'ns', name: 'a', resourceVersion },
});

function overCache(): { cache: { object?: KubeObject }; writes: OwnWrites<KubeObject> } {
  const cache: { object?: KubeObject } = { object: version('1') };
  const informer = { get: () => cache.object } as unknown as Informer<KubeObject>; // all that is asked of it
  return { cache, writes: new OwnWrites(informer) };
}

it('shows our write while the cache still has what it replaced', () => {
  const { writes } = overCache();
  writes.wrote(version('1'), version('2'));
  writes.wrote(version('2'), version('3'));
  assert.equal(writes.get('ns/a')?.metadata.resourceVersion, '3');
});

it('shows our last write while the cache has an earlier one of ours', () => {
  const { cache, writes } = overCache();
  writes.wrote(version('1'), version('2'));
  writes.wrote(version('2'), version('3'));
  cache.object = version('2');
  assert.equal(writes.get('ns/a')?.metadata.resourceVersion, '3');
});

it('shows the cache once it has caught up, or gone past us', () => {
  const { cache, writes } = overCache();
  writes.wrote(version('1'), version('2'));
  cache.object = version('9');
  assert.equal(writes.get('ns/a')?.metadata.resourceVersion, '9');
  cache.object = version('1'); // a relist from a lagging server: not ours to hide
  assert.equal(writes.get('ns/a')?.metadata.resourceVersion, '1');
});

it('does not bring back what was deleted', () => {
  const { cache, writes } = overCache();
  writes.wrote(version('1'), version('2'));
  delete cache.object;
  assert.equal(writes.get('ns/a'), undefined);
});

it('forgets nothing over a write that changed nothing', () => {
  const { cache, writes } = overCache();
  writes.wrote(version('1'), version('1'));
  cache.object = version('1');
  assert.equal(writes.get('ns/a')?.metadata.resourceVersion, '1');
});

it('shows that what lost its last finalizer is gone, in whatever version', () => {
  const { writes } = overCache();
  const { metadata } = version('1');
  const deletionTimestamp = '2026-01-02T03:04:05Z';
  writes.wrote(version('1'), { metadata: { ...metadata, deletionTimestamp, finalizers: [] } });
  assert.deepEqual(writes.get('ns/a')?.metadata.finalizers, []);
});
