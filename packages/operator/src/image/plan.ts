/** What to do about one golden image: import it once for all who want it, and let it go when nobody does. Pure. */
import type { KubeObject, PersistentVolumeClaim, Pod, Service } from '@hypersdk/kube';
import { isBindingAwaited } from '../volume-binding.ts';
import { MAX_ATTEMPTS, nextAttempt } from './golden-image.ts';
import { goldenClaim } from './golden-claim.ts';
import { importEnd, type ImportEnd } from './import-end.ts';
import { importerPod } from './importer-pod.ts';
import { podWaiting } from './pod-waiting.ts';
import type { ObservedImage } from './observed.ts';
import { importRecord, type ImportRecord } from './record.ts';
import { closedService, isUpload, uploadHost, uploadService } from './upload/upload.ts';
import type { ImageWish } from './wish.ts';

const PROGRESS_MS = 2000;
/** A client comes when it comes. */
const UPLOAD_MS = 5000;
/** Pods that are not ours tell nobody of their end. */
const SOURCE_MS = 10_000;
const IN_USE = 'ClaimInUse';

export type ImageAction =
  | { readonly type: 'createClaim'; readonly claim: PersistentVolumeClaim }
  | { readonly type: 'deleteClaim'; readonly claim: PersistentVolumeClaim }
  /** `aliases` are other names that its certificate is of. */
  | { readonly type: 'createImporter'; readonly pod: Pod; readonly aliases: readonly string[] }
  /** Give it the Secret that it waits for: whoever made it died before. */
  | { readonly type: 'identifyImporter'; readonly pod: Pod; readonly aliases: readonly string[] }
  /** A name for clients, and a token; whichever is there is left as it is. */
  | { readonly type: 'openUpload'; readonly service: Service }
  | { readonly type: 'closeUpload'; readonly service: Pick<KubeObject, 'metadata'> }
  | { readonly type: 'deletePod'; readonly pod: Pod };

export interface ImagePlan {
  readonly actions: readonly ImageAction[];
  /** What the claim is to say from now on, before anything else is done. */
  readonly record?: ImportRecord;
  /** Milliseconds. */
  readonly requeueAfter?: number;
}

export function planImage(observed: ObservedImage, now: Date): ImagePlan {
  const { wish, claim, hasDependents, policy } = observed;
  if (!wish || !(policy.imports || isImported(claim))) return planUnwanted(observed);
  // Its size is the source's.
  if (!claim && observed.source?.type === 'problem') return { actions: [] };
  if (!claim) {
    return { actions: hasDependents ? [] : [{ type: 'createClaim', claim: goldenClaim(observed, wish) }] };
  }
  if (claim.metadata.deletionTimestamp) return { actions: clearAway(observed.pods) };
  if (isImported(claim)) return { actions: clearAway(observed.pods, claim) };
  return planWithin({ ...observed, wish, claim }, now);
}

export function isImported(claim: PersistentVolumeClaim | undefined): boolean {
  return claim !== undefined && importRecord(claim).state?.phase === 'Ready';
}

/** The record says how many attempts there may be, for users to see; a new limit counts from when it is set. */
function planWithin(observed: Wanted, now: Date): ImagePlan {
  const { maxAttempts, isTorn, ...before } = importRecord(observed.claim);
  const { attempts } = observed.policy;
  const limit: Pick<ImportRecord, 'maxAttempts'> = attempts === MAX_ATTEMPTS ? {} : { maxAttempts: attempts };
  const lasting = { ...limit, ...(isTorn && { isTorn }) };
  const { record, ...planned } = planImport(observed, { ...before, ...lasting }, now);
  if (record?.state?.phase === 'Ready') return { ...planned, record: { ...record, ...limit } };
  if (record) return { ...planned, record: { ...record, ...lasting } };
  const isNewLimit = maxAttempts !== limit.maxAttempts && before.failure !== undefined;
  return isNewLimit ? { ...planned, record: { ...before, ...lasting } } : planned;
}

/** A disk that its VM has left behind may be all that there is of somebody's data. */
function planUnwanted({ claim, hasDependents, pods }: ObservedImage): ImagePlan {
  if (!claim || hasDependents) return { actions: [] };
  const isGoing = claim.metadata.deletionTimestamp !== undefined;
  if (isGoing) return { actions: clearAway(pods) };
  return { actions: [...closed(claim), ...clearAway(pods), { type: 'deleteClaim', claim }] };
}

/** An upload that has come needs no door, and by its pod one knows that there may be one. */
function clearAway(pods: readonly Pod[], claim?: PersistentVolumeClaim): ImageAction[] {
  const standing = pods.filter(({ metadata }) => !metadata.deletionTimestamp);
  const deleted = standing.map((pod): ImageAction => ({ type: 'deletePod', pod }));
  return [...(claim && pods.length > 0 ? closed(claim) : []), ...deleted];
}

function closed(claim: PersistentVolumeClaim): ImageAction[] {
  return isUpload(claim) ? [{ type: 'closeUpload', service: closedService(claim) }] : [];
}

type Wanted = ObservedImage & { readonly wish: ImageWish; readonly claim: PersistentVolumeClaim };

function planImport(observed: Wanted, record: ImportRecord, now: Date): ImagePlan {
  const [pod] = observed.pods;
  if (pod?.metadata.deletionTimestamp) return { actions: [] };
  if (!pod) return planAttempt(observed, record, now);
  // What this attempt came to is on record, and its pod has said it.
  if (record.failure) return { actions: clearAway(observed.pods) };
  return planEnd(observed, record, importEnd(pod), now);
}

function planEnd(observed: Wanted, record: ImportRecord, end: ImportEnd, now: Date): ImagePlan {
  const { attempts } = record;
  switch (end.type) {
    case 'running':
      return {
        actions: unidentified(observed),
        record: underWay(observed, record),
        requeueAfter: lookAgain(observed),
      };
    case 'succeeded':
      if (observed.sourceWriters.length > 0) return torn(observed, attempts, now);
      return {
        actions: clearAway(observed.pods, observed.claim),
        record: { attempts, state: end.result, readyTime: now.toISOString() },
      };
    case 'failed': {
      const { reason, message, time, permanent } = end;
      const failure = { reason, message, time, permanent };
      const spent = isWaiting(observed, record) && !permanent ? attempts - 1 : attempts;
      return { actions: clearAway(observed.pods), record: { attempts: spent, failure } };
    }
  }
}

/** Whoever began to write the source under the importer may have left it half of one state and half of another. */
function torn({ pods, sourceWriters }: Wanted, attempts: number, now: Date): ImagePlan {
  const message = `Pod ${sourceWriters.join(', ')} had the claim that the image is copied from to write while it was copied: end it, or mount the claim read-only, and the copy is made anew`;
  const failure = { reason: IN_USE, message, time: now.toISOString(), permanent: false };
  return { actions: clearAway(pods), record: { attempts, failure, isTorn: true } };
}

function unidentified({ wish, claim, pods, isIdentified }: Wanted): ImageAction[] {
  const aliases = aliasesOf(wish, claim);
  return isIdentified ? [] : pods.map((pod) => ({ type: 'identifyImporter', pod, aliases }));
}

const lookAgain = ({ progress }: Wanted): number =>
  progress?.phase === 'AwaitingUpload' ? UPLOAD_MS : PROGRESS_MS;

/** A pod that nobody has sent anything to has tried nothing: its end costs no attempt. */
function isWaiting({ wish }: Wanted, { state }: ImportRecord): boolean {
  return wish.source.upload !== undefined && (state === undefined || state.phase === 'AwaitingUpload');
}

/** What is worth a write: bytes change all the time, percents do not. */
function underWay({ progress, pods, wish }: Wanted, record: ImportRecord): ImportRecord {
  const { attempts, state } = record;
  // How it ended is for the pod's end to say, with the time.
  if (!progress || ['Ready', 'Failed'].includes(progress.phase))
    return state ? record : { attempts, waiting: podWaiting(pods[0], wish) };
  const isStill = progress.phase !== 'AwaitingUpload' || state?.downloaded === progress.downloaded;
  const isSame = isStill && state?.phase === progress.phase && state.progress === progress.progress;
  return isSame ? record : { attempts, state: progress };
}

/** What a guest is writing is no disk that another could start from. */
function awaitWriters({ attempts, failure }: ImportRecord, writers: readonly string[]): ImagePlan {
  // The attempt that they have spoilt says it already, and counts.
  if (failure?.reason === IN_USE) return { actions: [], requeueAfter: SOURCE_MS };
  const waiting = `The claim that the image is copied from is in use by pod ${writers.join(', ')}: the import begins when that has ended`;
  return { actions: [], record: { attempts, waiting, waitingReason: IN_USE }, requeueAfter: SOURCE_MS };
}

/** An attempt that is on record without an end has still to get its pod, or has lost it. */
function planAttempt(observed: Wanted, record: ImportRecord, now: Date): ImagePlan {
  const { wish, claim, storageClasses, source, sourceWriters } = observed;
  if (isBindingAwaited(claim, storageClasses) || source?.type === 'problem') return { actions: [] };
  const due = record.failure ? nextAttempt(record) : now.getTime();
  if (due === undefined) return { actions: [] };
  if (due > now.getTime()) return { actions: [], requeueAfter: due - now.getTime() };
  if (sourceWriters.length > 0) return awaitWriters(record, sourceWriters);
  const isBegun = record.attempts > 0 && !record.failure;
  const attempts = isBegun ? record.attempts : record.attempts + 1;
  const actions = begun(wish, claim, importerPod(observed, wish, claim, attempts));
  return { actions, requeueAfter: PROGRESS_MS, ...(!isBegun && { record: { attempts } }) };
}

function begun(wish: ImageWish, claim: PersistentVolumeClaim, pod: Pod): ImageAction[] {
  const { upload } = wish.source;
  return [
    ...(upload ? [{ type: 'openUpload', service: uploadService(claim, upload) } as const] : []),
    { type: 'createImporter', pod, aliases: aliasesOf(wish, claim) },
  ];
}

function aliasesOf({ source }: ImageWish, claim: PersistentVolumeClaim): string[] {
  return source.upload ? [uploadHost(claim)] : [];
}
