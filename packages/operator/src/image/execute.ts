import { PersistentVolumeClaims, Pods, Services } from '@hypersdk/kube';
import { createWorker, identifyWorker } from '../worker/create-worker.ts';
import { unlessGone, unlessThere } from '../idempotent.ts';
import { isSameJson } from '../same-json.ts';
import { millisecondsBetween } from '../metrics/milliseconds-between.ts';
import type { Outcome } from '../metrics/outcomes.ts';
import type { ObservedImage } from './observed.ts';
import type { ImageAction, ImagePlan } from './plan.ts';
import { importRecord, recordAnnotations, type ImportRecord } from './record.ts';
import { openUpload } from './upload/open-upload.ts';
import { isUpload } from './upload/upload.ts';
import type { Effects } from '../context.ts';

/** The record first: an attempt is counted before its pod is made. */
export async function executeImage(
  effects: Effects,
  observed: ObservedImage,
  plan: ImagePlan,
  signal: AbortSignal,
): Promise<void> {
  if (plan.record) await writeRecord(effects, observed, plan.record, signal);
  for (const action of plan.actions) await perform(effects, action, signal);
}

/** Under optimistic lock: of two views of the world only the newest counts. */
async function writeRecord(
  { client, own, metrics }: Effects,
  { claim, pods }: ObservedImage,
  record: ImportRecord,
  signal: AbortSignal,
): Promise<void> {
  if (!claim || isSameJson(importRecord(claim), record)) return;
  const { resourceVersion = '' } = claim.metadata;
  const patch = { metadata: { resourceVersion, annotations: recordAnnotations(record) } };
  const written = await unlessGone(
    client.mergePatch(PersistentVolumeClaims, claim.metadata, patch, { signal }),
  );
  if (!written) return;
  own.claims.wrote(claim, written);
  const end = newEnd(importRecord(claim), record);
  // How long an upload takes is for its client to say.
  const begun = isUpload(claim) ? undefined : pods[0]?.metadata.creationTimestamp;
  if (end) metrics.imagePrepared(end.outcome, millisecondsBetween(begun, end.time));
}

interface AttemptEnd {
  readonly outcome: Outcome;
  readonly time: string;
}

/** Of an attempt that had not ended before. */
function newEnd(before: ImportRecord, { readyTime, failure }: ImportRecord): AttemptEnd | undefined {
  if (readyTime !== undefined && before.readyTime === undefined)
    return { outcome: 'succeeded', time: readyTime };
  const isNew = failure && failure.time !== before.failure?.time;
  return isNew ? { outcome: 'failed', time: failure.time } : undefined;
}

async function perform(effects: Effects, action: ImageAction, signal: AbortSignal): Promise<void> {
  const { client } = effects;
  switch (action.type) {
    case 'createClaim':
      await unlessThere(client.create(PersistentVolumeClaims, action.claim, { signal }));
      return;
    case 'deleteClaim': {
      // The version too: whatever has been written to it since, somebody may want it again.
      const { uid, resourceVersion } = action.claim.metadata;
      const options = { uid, resourceVersion, signal };
      await unlessGone(client.delete(PersistentVolumeClaims, action.claim.metadata, options));
      return;
    }
    case 'createImporter':
      await createWorker(effects, action, signal);
      return;
    case 'openUpload':
      await openUpload(effects, action.service, signal);
      return;
    case 'closeUpload':
      await unlessGone(client.delete(Services, action.service.metadata, { signal }));
      return;
    case 'identifyImporter':
      await identifyWorker(effects, action, signal);
      return;
    case 'deletePod':
      await unlessGone(client.delete(Pods, action.pod.metadata, { uid: action.pod.metadata.uid, signal }));
  }
}
