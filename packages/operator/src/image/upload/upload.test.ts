import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ImportSpec, type ImportState } from '@hypersdk/api';
import type { PersistentVolumeClaim, Pod } from '@hypersdk/kube';
import { aVmImage } from '../../testing/images.ts';
import { config, NOW } from '../../testing/machines.ts';
import { goldenImage } from '../golden-image.ts';
import { goldenClaim } from '../golden-claim.ts';
import type { ObservedImage } from '../observed.ts';
import { planImage, type ImageAction } from '../plan.ts';
import { DEFAULT_POLICY } from '../policy.ts';
import { recordAnnotations, type ImportRecord } from '../record.ts';
import { imageName, vmImageWish } from '../wish.ts';

const anUpload = (uid: string) =>
  vmImageWish(aVmImage({ spec: { source: { upload: {} } }, metadata: { uid } }));
const wish = anUpload('one');
const name = imageName(wish);
const awaiting = (downloaded: number): ImportState => ({ phase: 'AwaitingUpload', downloaded });

function observed(changes: Partial<ObservedImage> = {}): ObservedImage {
  return {
    ...{ namespace: 'default', name, wish, policy: { ...DEFAULT_POLICY, timeout: 90_000 } },
    ...{ claim: undefined, hasDependents: false, pods: [], progress: undefined, source: undefined },
    ...{ isIdentified: true, sourceWriters: [], storageClasses: [], config, ...changes },
  };
}

function claim(record: ImportRecord): PersistentVolumeClaim {
  const { metadata, ...rest } = goldenClaim(observed(), wish);
  return { ...rest, metadata: { ...metadata, uid: 'claim', annotations: recordAnnotations(record) } };
}

function pod(ended?: { exitCode: number; state: ImportState }): Pod {
  const terminated = ended && { exitCode: ended.exitCode, message: JSON.stringify(ended.state) };
  const state = terminated ? { terminated } : { running: {} };
  const status = { name: 'importer', image: '', imageID: '', ready: true, restartCount: 0, state };
  return { metadata: { name: `${name}-1`, uid: 'pod' }, status: { containerStatuses: [status] } };
}

const types = (actions: readonly ImageAction[]): string[] => actions.map(({ type }) => type);

describe('an upload', () => {
  it('is for one VMImage, and for no other of its name', () => {
    assert.notEqual(imageName(anUpload('other')), name);
    assert.equal(imageName(anUpload('one')), name);
  });

  it('has its door opened before the importer, which knows its clients by the token and a name', () => {
    const { actions, record } = planImage(observed({ claim: claim({ attempts: 0 }) }), NOW);
    assert.deepEqual(types(actions), ['openUpload', 'createImporter']);
    assert.deepEqual(record, { attempts: 1 });
    const [open, importer] = actions;
    assert.ok(open?.type === 'openUpload' && importer?.type === 'createImporter');
    assert.equal(open.service.metadata.ownerReferences?.[0]?.uid, 'one');
    assert.deepEqual(importer.aliases, [`${name}-upload.default.svc`]);
    const { containers, volumes, activeDeadlineSeconds } = importer.pod.spec ?? {};
    const { source } = ImportSpec.parse(JSON.parse(containers?.[0]?.env?.[0]?.value ?? ''));
    assert.deepEqual(source, { type: 'upload', timeout: 90_000 });
    assert.equal(activeDeadlineSeconds, undefined);
    assert.equal(
      volumes?.find((volume) => volume.name === 'credentials')?.secret?.secretName,
      `${name}-upload`,
    );
  });

  const ends: [what: string, state: ImportState | undefined, exitCode: number, attempts: number][] = [
    ['while nobody sends costs no attempt', awaiting(0), 75, 1],
    ['before anybody could send costs none', undefined, 75, 1],
    ['while somebody sends costs one', { phase: 'Downloading', downloaded: 5 }, 75, 2],
    ['with a file that cannot be used costs one', awaiting(0), 1, 2],
  ];
  for (const [what, state, exitCode, attempts] of ends) {
    it(`whose importer ends ${what}`, () => {
      const problem = { reason: 'Any', message: 'It ended' };
      const ended = pod({ exitCode, state: { phase: 'Failed', downloaded: 0, problem } });
      const planned = planImage(
        observed({ claim: claim({ attempts: 2, ...(state && { state }) }), pods: [ended] }),
        NOW,
      );
      assert.equal(planned.record?.attempts, attempts);
      assert.deepEqual(types(planned.actions), ['deletePod']);
    });
  }

  it('has its door closed when it is imported, or nobody wants it any more', () => {
    const result: ImportState = { phase: 'Ready', downloaded: 1, virtualSize: 1 };
    const imported = claim({ attempts: 1, state: result });
    const seen: [ObservedImage, string[]][] = [
      [
        observed({ claim: claim({ attempts: 1 }), pods: [pod({ exitCode: 0, state: result })] }),
        ['closeUpload', 'deletePod'],
      ],
      [observed({ claim: imported, pods: [pod()] }), ['closeUpload', 'deletePod']],
      [observed({ claim: imported }), []],
      [observed({ claim: claim({ attempts: 1 }), wish: undefined }), ['closeUpload', 'deleteClaim']],
    ];
    for (const [image, actions] of seen) assert.deepEqual(types(planImage(image, NOW).actions), actions);
  });

  it('says how it is sent, and where it goes on', () => {
    const told = (downloaded: number) => {
      const of = claim({ attempts: 1, state: awaiting(downloaded) });
      return goldenImage({ name, claim: of, dependents: [], isUnbound: false, source: undefined });
    };
    const [begun, anew] = [told(7), told(0)];
    assert.ok(begun.type === 'importing' && anew.type === 'importing');
    assert.deepEqual(begun.upload, { service: `${name}-upload`, secret: `${name}-upload`, received: 7 });
    assert.match(begun.message, /^7 bytes have come.* --continue-at 7 --upload-file FILE https:/);
    assert.match(anew.message, /port-forward service\/image-\w+-upload --namespace default 8443:443/);
    assert.doesNotMatch(anew.message, /continue-at/);
  });

  it('is told of again when more has come between', () => {
    const seen = { claim: claim({ attempts: 1, state: awaiting(5) }), pods: [pod()] };
    const more = planImage(observed({ ...seen, progress: awaiting(9) }), NOW);
    assert.deepEqual(more.record, { attempts: 1, state: awaiting(9) });
  });
});
