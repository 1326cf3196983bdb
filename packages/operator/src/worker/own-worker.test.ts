import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NotFoundError, type KubeObject, type Pod } from '@hypersdk/kube';
import { aSnapshot, SNAPSHOT } from '../testing/snapshots.ts';
import { ownWorker } from './own-worker.ts';

const worker = (uid: string): Pod => ({
  metadata: {
    ...{ name: 'before-freeze', namespace: 'default', uid: `pod-of-${uid}` },
    ownerReferences: [{ apiVersion: 'hypersdk.io/v1alpha1', kind: 'VMSnapshot', name: 'before', uid }],
  },
});
const [ours, another] = [worker(SNAPSHOT), worker('another')];

const missing = new NotFoundError({ code: 404, reason: 'NotFound', message: 'there is no such pod' });

const rows: { when: string; seen?: Pod; there?: Pod; found: Pod | undefined }[] = [
  { when: 'the cache knows it', seen: ours, found: ours },
  { when: 'it was made a moment ago', there: ours, found: ours },
  { when: 'the cache still has that of another', seen: another, there: ours, found: ours },
  { when: 'there is that of another alone', seen: another, there: another, found: undefined },
  { when: 'there is none', found: undefined },
];

describe('the worker of an object', () => {
  for (const { when, seen, there, found } of rows) {
    it(`is ${found ? 'found' : 'not found'} where ${when}`, async () => {
      const get = <T extends KubeObject>(): Promise<T> =>
        there ? Promise.resolve(there as KubeObject as T) : Promise.reject(missing); // it asks for pods
      const context = { client: { get }, caches: { pods: { get: () => seen } } };
      const { signal } = new AbortController();
      assert.equal(await ownWorker(context, aSnapshot(), 'before-freeze', signal), found);
    });
  }
});
