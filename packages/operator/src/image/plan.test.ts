import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ImportSpec, parseBytes, type ImportState, type VMImageSource } from '@hypersdk/api';
import type { PersistentVolumeClaim, Pod } from '@hypersdk/kube';
import { aTemplate } from '../testing/images.ts';
import { aStorageClass, config, NOW } from '../testing/machines.ts';
import { MAX_ATTEMPTS } from './golden-image.ts';
import type { ObservedImage } from './observed.ts';
import { planImage, type ImageAction, type ImagePlan } from './plan.ts';
import { DEFAULT_POLICY } from './policy.ts';
import type { SourceClaim } from './source-claim.ts';
import { recordAnnotations, type ImportRecord } from './record.ts';
import { imageName, templateOwnWish } from './wish.ts';

const wish = templateOwnWish(aTemplate())!;
const name = imageName(wish);
const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);
const result: ImportState = { phase: 'Ready', downloaded: 10, virtualSize: 128 * 1024 * 1024 };
const problem = { reason: 'ServerError', message: 'The server answered 503.' };
const failed = (permanent: boolean): ImportRecord['failure'] => ({
  ...problem,
  time: NOW.toISOString(),
  permanent,
});

function claim(
  record?: ImportRecord,
  metadata: Partial<PersistentVolumeClaim['metadata']> = {},
): PersistentVolumeClaim {
  const annotations = record ? recordAnnotations(record) : {};
  return { metadata: { name, namespace: 'default', uid: 'claim', annotations, ...metadata } };
}

function importer(ended?: { exitCode: number; state: ImportState }): Pod {
  const terminated = ended && {
    exitCode: ended.exitCode,
    finishedAt: NOW.toISOString(),
    message: JSON.stringify(ended.state),
  };
  const state = terminated ? { terminated } : { running: {} };
  return {
    metadata: { name: `${name}-1`, namespace: 'default', uid: 'pod' },
    status: {
      containerStatuses: [{ name: 'importer', image: '', imageID: '', ready: true, restartCount: 0, state }],
    },
  };
}

function observed(changes: Partial<ObservedImage> = {}): ObservedImage {
  return {
    namespace: 'default',
    name,
    wish,
    policy: DEFAULT_POLICY,
    claim: undefined,
    hasDependents: false,
    pods: [],
    isIdentified: true,
    progress: undefined,
    source: undefined,
    sourceWriters: [],
    storageClasses: [],
    config,
    ...changes,
  };
}

interface Row {
  readonly when: string;
  readonly observed: ObservedImage;
  readonly now?: Date;
  readonly actions: readonly string[];
  readonly record?: ImportRecord;
  readonly also?: (planned: ImagePlan) => void;
}

const copied: SourceClaim = {
  type: 'usable',
  claim: { metadata: { name: 'given' }, status: { capacity: { storage: '2Gi' } } },
};
const inUse = {
  reason: 'ClaimInUse',
  message: 'Pod writer had it',
  time: NOW.toISOString(),
  permanent: false,
};
/** What an importer is told. */
function specOf(action: ImageAction | undefined): ImportSpec {
  const pod = action?.type === 'createImporter' ? action.pod : undefined;
  return ImportSpec.parse(JSON.parse(pod?.spec?.containers[0]?.env?.[0]?.value ?? ''));
}
const unwanted = { imports: false, attempts: 1, timeout: undefined };
const rows: Row[] = [
  { when: 'that somebody wants gets a volume', observed: observed(), actions: ['createClaim'] },
  {
    when: 'gets its importer, the attempt on record first',
    observed: observed({ claim: claim() }),
    actions: ['createImporter'],
    record: { attempts: 1 },
  },
  {
    when: 'gets its importer once a volume that its class binds at once is bound',
    observed: observed({ claim: claim(), storageClasses: [aStorageClass('Immediate')] }),
    actions: [],
  },
  {
    when: 'gets the same attempt again when its importer is gone before its end',
    observed: observed({ claim: claim({ attempts: 1 }) }),
    actions: ['createImporter'],
    also: ({ actions: [action] }) => {
      assert.equal(action?.type === 'createImporter' && action.pod.metadata.name, `${name}-1`);
    },
  },
  {
    when: 'keeps its progress on record',
    observed: observed({
      claim: claim({ attempts: 1 }),
      pods: [importer()],
      progress: { phase: 'Downloading', downloaded: 4, progress: 40 },
    }),
    actions: [],
    record: { attempts: 1, state: { phase: 'Downloading', downloaded: 4, progress: 40 } },
  },
  {
    when: 'gets the Secret for its importer from whoever comes after the one that died',
    observed: observed({ claim: claim({ attempts: 1 }), pods: [importer()], isIdentified: false }),
    actions: ['identifyImporter'],
    record: { attempts: 1, waiting: `The import pod ${name}-1 is starting` },
  },
  {
    when: 'is not there before the importer has ended, though it says so',
    observed: observed({
      claim: claim({ attempts: 1, state: { phase: 'Converting', downloaded: 10, progress: 90 } }),
      pods: [importer()],
      progress: result,
    }),
    actions: [],
    record: { attempts: 1, state: { phase: 'Converting', downloaded: 10, progress: 90 } },
  },
  {
    when: 'is there when the importer has succeeded',
    observed: observed({ claim: claim({ attempts: 1 }), pods: [importer({ exitCode: 0, state: result })] }),
    actions: ['deletePod'],
    record: { attempts: 1, state: result, readyTime: NOW.toISOString() },
  },
  {
    when: 'that is there is left alone',
    observed: observed({ claim: claim({ attempts: 1, state: result }) }),
    actions: [],
  },
  {
    when: 'that failed for a while has it on record',
    observed: observed({
      claim: claim({ attempts: 1 }),
      pods: [importer({ exitCode: 75, state: { phase: 'Failed', downloaded: 0, problem } })],
    }),
    actions: ['deletePod'],
    record: { attempts: 1, failure: failed(false) },
  },
  {
    when: 'that failed for good has it on record',
    observed: observed({
      claim: claim({ attempts: 1 }),
      pods: [importer({ exitCode: 1, state: { phase: 'Failed', downloaded: 0, problem } })],
    }),
    actions: ['deletePod'],
    record: { attempts: 1, failure: failed(true) },
  },
  {
    when: 'that failed waits for its next attempt',
    observed: observed({ claim: claim({ attempts: 2, failure: failed(false) }) }),
    now: later(5),
    actions: [],
    also: ({ requeueAfter }) => {
      assert.equal(requeueAfter, 15_000);
    },
  },
  {
    when: 'that failed is tried again when its time has come',
    observed: observed({ claim: claim({ attempts: 2, failure: failed(false) }) }),
    now: later(20),
    actions: ['createImporter'],
    record: { attempts: 3 },
  },
  {
    when: 'that failed for good is not asked for again',
    observed: observed({ claim: claim({ attempts: 1, failure: failed(true) }) }),
    now: later(10_000),
    actions: [],
  },
  {
    when: 'that failed too often is not asked for again',
    observed: observed({ claim: claim({ attempts: MAX_ATTEMPTS, failure: failed(false) }) }),
    now: later(10_000),
    actions: [],
  },
  {
    when: 'that nobody wants any more goes, with its importer',
    observed: observed({ wish: undefined, claim: claim({ attempts: 1 }), pods: [importer()] }),
    actions: ['deletePod', 'deleteClaim'],
  },
  {
    when: 'that nobody wants stays under disks that stand on it',
    observed: observed({
      wish: undefined,
      claim: claim({ attempts: 1, state: result }),
      hasDependents: true,
    }),
    actions: [],
  },
  {
    when: 'is not imported a second time under disks that stand on it',
    observed: observed({ hasDependents: true }),
    actions: [],
  },
  {
    when: 'that is wanted again while its volume goes waits for that',
    observed: observed({ claim: claim(undefined, { deletionTimestamp: NOW.toISOString() }) }),
    actions: [],
  },
  {
    when: 'that all want only if it is there is not imported',
    observed: observed({ policy: unwanted }),
    actions: [],
  },
  {
    when: 'that is there stays for those who want it only then',
    observed: observed({ policy: unwanted, claim: claim({ attempts: 1, state: result }) }),
    actions: [],
  },
  {
    when: 'that nobody wants imported any more is given up half-way',
    observed: observed({ policy: unwanted, claim: claim({ attempts: 1 }), pods: [importer()] }),
    actions: ['deletePod', 'deleteClaim'],
  },
  {
    when: 'has as many attempts as its users ask for, and says so',
    observed: observed({
      policy: { ...DEFAULT_POLICY, attempts: 1 },
      claim: claim({ attempts: 1, failure: failed(false) }),
    }),
    actions: [],
    record: { attempts: 1, failure: failed(false), maxAttempts: 1 },
  },
  {
    when: 'is tried again when more attempts are asked for',
    observed: observed({
      policy: { ...DEFAULT_POLICY, attempts: 2 },
      claim: claim({ attempts: 1, failure: failed(false), maxAttempts: 1 }),
    }),
    now: later(10),
    actions: ['createImporter'],
    record: { attempts: 2, maxAttempts: 2 },
  },
  {
    when: 'has as long for an attempt as its users give it',
    observed: observed({ policy: { ...DEFAULT_POLICY, timeout: 90_500 }, claim: claim() }),
    actions: ['createImporter'],
    record: { attempts: 1 },
    also: ({ actions: [action] }) => {
      assert.equal(action?.type === 'createImporter' && action.pod.spec?.activeDeadlineSeconds, 91);
    },
  },
  {
    when: 'is not begun while the claim that it is copied from is not there',
    observed: observed({ source: { type: 'problem', reason: 'ClaimMissing', message: '', isFinal: false } }),
    actions: [],
  },
  {
    when: 'waits while a pod may be writing the claim that it is copied from',
    observed: observed({ claim: claim(), source: copied, sourceWriters: ['writer'] }),
    actions: [],
    also: ({ record, requeueAfter }) => {
      assert.deepEqual([record?.attempts, record?.waitingReason], [0, 'ClaimInUse']);
      assert.match(record?.waiting ?? '', /in use by pod writer/);
      assert.equal(requeueAfter, 10_000);
    },
  },
  {
    when: 'is copied anew where a pod may have written the claim while it was copied',
    observed: observed({
      ...{ claim: claim({ attempts: 1 }), source: copied, sourceWriters: ['writer'] },
      pods: [importer({ exitCode: 0, state: result })],
    }),
    actions: ['deletePod'],
    also: ({ record }) => {
      assert.deepEqual([record?.attempts, record?.isTorn, record?.state], [1, true, undefined]);
      assert.deepEqual([record?.failure?.reason, record?.failure?.permanent], ['ClaimInUse', false]);
      assert.match(record?.failure?.message ?? '', /^Pod writer had the claim .* end it, or mount/);
    },
  },
  {
    when: 'that may be torn waits for the writer, and goes on saying so',
    observed: observed({
      ...{ claim: claim({ attempts: 1, isTorn: true, failure: inUse }), source: copied },
      sourceWriters: ['writer'],
    }),
    now: later(10),
    actions: [],
    also: ({ record, requeueAfter }) => {
      assert.deepEqual([record, requeueAfter], [undefined, 10_000]);
    },
  },
  {
    when: 'that may be torn is removed by its next attempt',
    observed: observed({ claim: claim({ attempts: 1, isTorn: true, failure: inUse }), source: copied }),
    now: later(10),
    actions: ['createImporter'],
    record: { attempts: 2, isTorn: true },
    also: ({ actions: [action] }) => {
      assert.equal(specOf(action).isAnew, true);
    },
  },
  {
    when: 'that was copied anew is there',
    observed: observed({
      ...{ claim: claim({ attempts: 2, isTorn: true }), source: copied },
      pods: [importer({ exitCode: 0, state: result })],
    }),
    actions: ['deletePod'],
    record: { attempts: 2, state: result, readyTime: NOW.toISOString() },
  },
  {
    when: 'has a volume for all of the claim that it is copied from',
    observed: observed({ source: copied }),
    actions: ['createClaim'],
    also: ({ actions: [action] }) => {
      const golden = action?.type === 'createClaim' ? action.claim.spec : undefined;
      const asked = parseBytes(golden?.resources?.requests?.['storage'] ?? '0');
      assert.ok(asked > 2 * 1024 ** 3 && asked < 2.2 * 1024 ** 3, `${asked} bytes`);
    },
  },
  {
    when: 'says that an attempt has taken too long',
    observed: observed({
      claim: claim({ attempts: 1 }),
      pods: [{ ...importer(), status: { phase: 'Failed', reason: 'DeadlineExceeded' } }],
    }),
    actions: ['deletePod'],
    also: ({ record }) => {
      assert.equal(record?.failure?.reason, 'Timeout');
      assert.equal(record.failure.permanent, false);
    },
  },
];

describe('a golden image', () => {
  for (const { when, observed: seen, now, actions, record, also } of rows) {
    it(when, () => {
      const planned = planImage(seen, now ?? NOW);
      assert.deepEqual(
        planned.actions.map(({ type }) => type),
        actions,
      );
      if (!also || record) assert.deepEqual(planned.record, record);
      also?.(planned);
    });
  }

  it('from a private registry is pulled with the Secret of its namespace', () => {
    const pullSecretRef = { name: 'puller' };
    const source = { containerDisk: { image: 'quay.io/a/disk', pullSecretRef } };
    const planned = planImage(observed({ wish: { ...wish, source }, claim: claim() }), NOW);
    const [action] = planned.actions;
    const pod = action?.type === 'createImporter' ? action.pod : undefined;
    assert.deepEqual(pod?.spec?.volumes?.[2]?.secret?.secretName, 'puller');
  });

  for (const volumeMode of ['Filesystem', 'Block'] as const) {
    it(`from a claim of mode ${volumeMode} is copied from a volume that is only read`, () => {
      const source: SourceClaim = { ...copied, claim: { metadata: { name: 'given' }, spec: { volumeMode } } };
      const from = { ...wish, source: { pvc: { name: 'given', namespace: 'default', path: 'a.img' } } };
      const planned = planImage(observed({ wish: from, claim: claim(), source }), NOW);
      const [action] = planned.actions;
      const pod = action?.type === 'createImporter' ? action.pod.spec : undefined;
      const volume = pod?.volumes?.find(({ name: called }) => called === 'source');
      assert.deepEqual(volume?.persistentVolumeClaim, { claimName: 'given', readOnly: true });
      const [container] = pod?.containers ?? [];
      const [, mount] = container?.volumeMounts?.slice(1) ?? [];
      const spec = ImportSpec.parse(JSON.parse(container?.env?.[0]?.value ?? ''));
      if (volumeMode === 'Block') {
        assert.deepEqual(container?.volumeDevices, [{ name: 'source', devicePath: '/source' }]);
        assert.deepEqual(spec.source, {
          ...{ type: 'claim', name: 'given' },
          volume: { type: 'block', device: '/source' },
        });
      } else {
        assert.deepEqual(mount, { name: 'source', mountPath: '/source', readOnly: true });
        assert.deepEqual(spec.source, {
          ...{ type: 'claim', name: 'given', path: 'a.img' },
          volume: { type: 'filesystem', directory: '/source' },
        });
      }
    });
  }

  const s3 = { bucket: 'images', key: 'a.qcow2' };
  const stores: [where: string, source: VMImageSource, wanted: Partial<ImportSpec>][] = [
    [
      'Amazon',
      { s3: { ...s3, region: 'eu-west-1' } },
      { source: { type: 's3', region: 'eu-west-1', ...s3, addressingStyle: 'virtual' } },
    ],
    [
      'an object store of its own',
      { s3: { ...s3, endpoint: 'https://minio', secretRef: { name: 'keys' }, caBundle: 'pem' } },
      {
        source: {
          ...{ type: 's3', endpoint: 'https://minio', region: 'us-east-1' },
          ...{ ...s3, addressingStyle: 'path' },
        },
        caBundle: 'pem',
      },
    ],
  ];
  for (const [where, source, wanted] of stores) {
    it(`from ${where} is asked for as one expects there`, () => {
      const { upload: _, ...stored } = source;
      const planned = planImage(observed({ wish: { ...wish, source: stored }, claim: claim() }), NOW);
      const [action] = planned.actions;
      const pod = action?.type === 'createImporter' ? action.pod : undefined;
      const [environment] = pod?.spec?.containers[0]?.env ?? [];
      const { source: found, caBundle } = ImportSpec.parse(JSON.parse(environment?.value ?? ''));
      assert.deepEqual({ source: found, ...(caBundle && { caBundle }) }, wanted);
      assert.equal(pod?.spec?.volumes?.[2]?.secret?.secretName, source.s3?.secretRef?.name);
    });
  }
});
