import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Labels, type VMImage } from '@hypersdk/api';
import type { PersistentVolumeClaim, Pod } from '@hypersdk/kube';
import { aVmImage } from '../testing/images.ts';
import { sourceClaim, writersDuring, writersOf } from './source-claim.ts';
import { vmImageWish } from './wish.ts';

const from = (pvc: VMImage['spec']['source']['pvc']) => vmImageWish(aVmImage({ spec: { source: { pvc } } }));
const found = (claim?: Partial<PersistentVolumeClaim>) => ({
  claims: {
    get: (key: string) =>
      claim && key === 'default/given' ? { metadata: { name: 'given' }, ...claim } : undefined,
  },
});

describe('the claim that an image is copied from', () => {
  const rows: [
    when: string,
    claim: Partial<PersistentVolumeClaim> | undefined,
    reason: string | undefined,
  ][] = [
    ['is used when it is there', {}, undefined],
    ['is waited for', undefined, 'ClaimMissing'],
    [
      'is not used while it is deleted',
      { metadata: { name: 'given', deletionTimestamp: '2026-01-01T00:00:00Z' } },
      'ClaimTerminating',
    ],
    ['is not used when its volume is lost', { status: { phase: 'Lost' } }, 'ClaimLost'],
  ];
  for (const [when, claim, reason] of rows) {
    it(when, () => {
      // Only what is asked of the caches.
      const caches = found(claim) as unknown as Parameters<typeof sourceClaim>[0];
      const source = sourceClaim(caches, 'default', from({ name: 'given' }));
      assert.equal(source?.type === 'problem' ? source.reason : undefined, reason);
      assert.equal(source?.type === 'problem' && source.isFinal, false);
    });
  }

  it('is refused in another namespace, for good', () => {
    const caches = found({}) as unknown as Parameters<typeof sourceClaim>[0];
    const source = sourceClaim(caches, 'default', from({ name: 'given', namespace: 'team-b' }));
    assert.deepEqual(source?.type === 'problem' && [source.reason, source.isFinal], [
      'ClaimInOtherNamespace',
      true,
    ]);
  });
});

describe('an uploaded image', () => {
  const vmImage = aVmImage({ spec: { source: { upload: {} } } });
  const caches = {
    vmImages: { get: (key: string) => (key === 'default/debian' ? vmImage : undefined) },
  } as unknown as Parameters<typeof sourceClaim>[0]; // only what is asked of the caches

  it('is there in the namespace that it was sent to', () => {
    assert.equal(sourceClaim(caches, 'default', vmImageWish(vmImage)), undefined);
  });

  it('is refused in another, for good', () => {
    const source = sourceClaim(caches, 'team-b', vmImageWish(vmImage));
    assert.deepEqual(source?.type === 'problem' && [source.reason, source.isFinal], [
      'UploadInOtherNamespace',
      true,
    ]);
  });
});

describe('the pods that may write a claim', () => {
  const claim: PersistentVolumeClaim = { metadata: { name: 'given' } };
  const pod = (name: string, changes: Partial<Pod> = {}, readOnly = false): Pod => ({
    metadata: { name },
    spec: {
      containers: [],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'given', readOnly } }],
    },
    ...changes,
  });

  it('are those that mount it to write and have not ended', () => {
    const writers = writersOf(claim, [
      pod('writer'),
      pod('reader', {}, true),
      pod('done', { status: { phase: 'Succeeded' } }),
      pod('importer', { metadata: { name: 'importer', labels: { [Labels.image]: 'image-a' } } }),
      pod('other', { spec: { containers: [], volumes: [{ name: 'data', emptyDir: {} }] } }),
    ]);
    assert.deepEqual(
      writers.map(({ metadata }) => metadata.name),
      ['writer'],
    );
  });

  const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  const ended = (startedAt: string, finishedAt: string): NonNullable<Pod['status']> => {
    const status = { name: 'a', image: '', imageID: '', ready: false, restartCount: 0 };
    const terminated = { exitCode: 0, startedAt, finishedAt };
    return { phase: 'Succeeded', containerStatuses: [{ ...status, state: { terminated } }] };
  };
  const importer: Pod = { metadata: { name: 'importer' }, status: ended(at(10), at(20)) };
  const writers: [when: string, changes: Partial<Pod>, counts: boolean][] = [
    ['began under it', { status: { phase: 'Running', startTime: at(15) } }, true],
    ['has been there all the time', { status: { phase: 'Running', startTime: at(5) } }, true],
    ['came when it had ended', { status: { phase: 'Running', startTime: at(21) } }, false],
    ['has not been given a node yet', { status: { phase: 'Pending' } }, false],
    [
      'was given a node, and has said nothing',
      { metadata: { name: 'writer', creationTimestamp: at(15) }, status: { phase: 'Pending' } },
      true,
    ],
    ['ended under it', { status: { startTime: at(5), ...ended(at(5), at(12)) } }, true],
    ['ended before it', { status: { startTime: at(5), ...ended(at(5), at(10)) } }, false],
    ['failed, and nobody knows when', { status: { phase: 'Failed', startTime: at(5) } }, false],
  ];
  for (const [when, changes, counts] of writers) {
    it(`${counts ? 'may' : 'cannot'} have written under an importer where it ${when}`, () => {
      const writer = pod('writer', changes);
      const isOnNode = when.includes('was given a node');
      const placed = isOnNode
        ? { ...writer, spec: { containers: [], ...writer.spec, nodeName: 'a' } }
        : writer;
      assert.deepEqual(writersDuring(importer, claim, [placed]), counts ? [placed] : []);
    });
  }

  it('cannot have written where they only read', () => {
    const reader = pod('reader', { status: { phase: 'Running', startTime: at(15) } }, true);
    assert.deepEqual(writersDuring(importer, claim, [reader]), []);
  });
});
