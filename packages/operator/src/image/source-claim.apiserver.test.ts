/**
 * Guarantee: an image whose source was mounted to write while it was copied is not Ready, says which pod it was, and is
 * copied anew when that is gone.
 */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { findCondition, ImportSpec, isConditionTrue, type VMImage } from '@hypersdk/api';
import { PersistentVolumeClaims, Pods, type Pod } from '@hypersdk/kube';
import { VMImages } from '../resources.ts';
import { runUntilEnd } from '../testing/operator-under-test.ts';
import { becomes, openStage, type Stage } from '../testing/stage.ts';
import { imageName, vmImageWish } from './wish.ts';

let stage: Stage;
before(async () => {
  stage = await openStage('127.0.141');
});
after(() => stage.close());

const container = { name: 'importer', image: '', imageID: '', restartCount: 0, ready: false };
const time = (milliseconds = Date.now()): string => new Date(milliseconds).toISOString();

const tell = async ({ metadata }: Pod, status: NonNullable<Pod['status']>): Promise<void> => {
  await stage.client.mergePatch(Pods, metadata, { status }, { subresource: 'status' });
};

/** Each import takes a minute that is over. */
function succeeds(pod: Pod): Promise<void> {
  const message = JSON.stringify({ phase: 'Ready', downloaded: 0, virtualSize: 1024 * 1024 });
  const terminated = { exitCode: 0, startedAt: time(Date.now() - 60_000), finishedAt: time(), message };
  return tell(pod, { phase: 'Succeeded', containerStatuses: [{ ...container, state: { terminated } }] });
}

async function importer(golden: string, attempt: number): Promise<Pod> {
  const pod = await becomes(stage, Pods, `${golden}-${attempt}`, (found) => found !== undefined);
  assert.ok(pod);
  return pod;
}

const isAnew = ({ spec }: Pod): boolean =>
  ImportSpec.parse(JSON.parse(spec?.containers[0]?.env?.[0]?.value ?? '')).isAnew ?? false;

async function createWriter(): Promise<void> {
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'given' } }];
  const spec = { containers: [{ name: 'writer', image: 'writer' }], volumes };
  const metadata = { namespace: stage.namespace, name: 'writer' };
  const writer = await stage.client.create(Pods, { metadata, spec });
  await tell(writer, { phase: 'Running', startTime: time(Date.now() - 1_000) });
}

it('an image is copied anew from a claim that a pod began to write under its importer', async (t) => {
  const { client, namespace } = stage;
  const resources = { requests: { storage: '1Gi' } };
  await client.create(PersistentVolumeClaims, {
    metadata: { namespace, name: 'given' },
    spec: { accessModes: ['ReadWriteMany'], resources },
  });
  await runUntilEnd(t, client, stage.authorities);
  const manifest = { metadata: { namespace, name: 'copied' }, spec: { source: { pvc: { name: 'given' } } } };
  const created = await client.create(VMImages, manifest as VMImage); // the server fills the rest in
  const golden = imageName(vmImageWish(created));

  const first = await importer(golden, 1);
  assert.equal(isAnew(first), false);
  await createWriter();
  await succeeds(first);
  const reasonOf = (image: VMImage | undefined) => findCondition(image?.status?.conditions, 'Ready');
  const refused = await becomes(stage, VMImages, 'copied', (image) => {
    assert.equal(isConditionTrue(image?.status?.conditions, 'Ready'), false);
    return reasonOf(image)?.reason === 'ClaimInUse';
  });
  assert.match(reasonOf(refused)?.message ?? '', /^Pod writer had the claim .* \(attempt 1 of 5/);

  await client.delete(Pods, { namespace, name: 'writer' });
  const second = await importer(golden, 2);
  assert.equal(isAnew(second), true);
  await succeeds(second);
  await becomes(stage, VMImages, 'copied', (image) => isConditionTrue(image?.status?.conditions, 'Ready'));
});
