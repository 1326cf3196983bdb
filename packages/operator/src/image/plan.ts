/** What to do about one golden image: import it once for all who want it, and let it go when nobody does. Pure. */
import type { PersistentVolumeClaim, Pod } from '@hypersdk/kube';
import { isBindingAwaited } from '../volume-binding.ts';
import { MAX_ATTEMPTS, nextAttempt } from './golden-image.ts';
import { goldenClaim } from './golden-claim.ts';
import { importEnd, type ImportEnd } from './import-end.ts';
import { importerPod } from './importer-pod.ts';
import { podWaiting } from './pod-waiting.ts';
import type { ObservedImage } from './observed.ts';
import { importRecord, type ImportRecord } from './record.ts';
import type { ImageWish } from './wish.ts';

const PROGRESS_MS = 2000;
/** Pods that are not ours tell nobody of their end. */
const SOURCE_MS = 10_000;

export type ImageAction =
  | { readonly type: 'createClaim'; readonly claim: PersistentVolumeClaim }
  | { readonly type: 'deleteClaim'; readonly claim: PersistentVolumeClaim }
  | { readonly type: 'createImporter'; readonly pod: Pod }
  /** Give it the Secret that it waits for: whoever made it died before. */
  | { readonly type: 'identifyImporter'; readonly pod: Pod }
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
  if (isImported(claim)) return { actions: clearAway(observed.pods) };
  return planWithin({ ...observed, wish, claim }, now);
}

export function isImported(claim: PersistentVolumeClaim | undefined): boolean {
  return claim !== undefined && importRecord(claim).state?.phase === 'Ready';
}

/** The record says how many attempts there may be, for users to see; a new limit counts from when it is set. */
function planWithin(observed: Wanted, now: Date): ImagePlan {
  const { maxAttempts, ...before } = importRecord(observed.claim);
  const { attempts } = observed.policy;
  const limit: Pick<ImportRecord, 'maxAttempts'> = attempts === MAX_ATTEMPTS ? {} : { maxAttempts: attempts };
  const planned = planImport(observed, { ...before, ...limit }, now);
  if (planned.record) return { ...planned, record: { ...planned.record, ...limit } };
  const isNewLimit = maxAttempts !== limit.maxAttempts && before.failure !== undefined;
  return isNewLimit ? { ...planned, record: { ...before, ...limit } } : planned;
}

/** A disk that its VM has left behind may be all that there is of somebody's data. */
function planUnwanted({ claim, hasDependents, pods }: ObservedImage): ImagePlan {
  if (!claim || hasDependents) return { actions: [] };
  const isGoing = claim.metadata.deletionTimestamp !== undefined;
  return { actions: [...clearAway(pods), ...(isGoing ? [] : [{ type: 'deleteClaim', claim } as const])] };
}

function clearAway(pods: readonly Pod[]): ImageAction[] {
  const standing = pods.filter(({ metadata }) => !metadata.deletionTimestamp);
  return standing.map((pod) => ({ type: 'deletePod', pod }));
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
        requeueAfter: PROGRESS_MS,
      };
    case 'succeeded':
      return {
        actions: clearAway(observed.pods),
        record: { attempts, state: end.result, readyTime: now.toISOString() },
      };
    case 'failed': {
      const { type: _, ...failure } = end;
      return { actions: clearAway(observed.pods), record: { attempts, failure } };
    }
  }
}

function unidentified({ pods, isIdentified }: Wanted): ImageAction[] {
  return isIdentified ? [] : pods.map((pod) => ({ type: 'identifyImporter', pod }));
}

/** What is worth a write: bytes change all the time, percents do not. */
function underWay({ progress, pods, wish }: Wanted, record: ImportRecord): ImportRecord {
  const { attempts, state } = record;
  // How it ended is for the pod's end to say, with the time.
  if (!progress || ['Ready', 'Failed'].includes(progress.phase))
    return state ? record : { attempts, waiting: podWaiting(pods[0], wish) };
  const isSame = state?.phase === progress.phase && state.progress === progress.progress;
  return isSame ? record : { attempts, state: progress };
}

/** What a guest is writing is no disk that another could start from. */
function awaitWriters({ attempts }: ImportRecord, writers: readonly string[]): ImagePlan {
  const waiting = `The claim that the image is copied from is in use by pod ${writers.join(', ')}: the import begins when that has ended`;
  return { actions: [], record: { attempts, waiting, waitingReason: 'ClaimInUse' }, requeueAfter: SOURCE_MS };
}

/** An attempt that is on record without an end has still to get its pod, or has lost it. */
function planAttempt(observed: Wanted, record: ImportRecord, now: Date): ImagePlan {
  const { wish, claim, storageClasses, source, sourceWriters } = observed;
  if (isBindingAwaited(claim, storageClasses) || source?.type === 'problem') return { actions: [] };
  const due = record.failure ? nextAttempt(record) : now.getTime();
  if (due === undefined) return { actions: [] };
  if (due > now.getTime()) return { actions: [], requeueAfter: due - now.getTime() };
  if (sourceWriters.length > 0) return awaitWriters(record, sourceWriters);
  if (record.attempts > 0 && !record.failure) {
    const pod = importerPod(observed, wish, claim, record.attempts);
    return { actions: [{ type: 'createImporter', pod }], requeueAfter: PROGRESS_MS };
  }
  const attempts = record.attempts + 1;
  const pod = importerPod(observed, wish, claim, attempts);
  return {
    actions: [{ type: 'createImporter', pod }],
    record: { attempts },
    requeueAfter: PROGRESS_MS,
  };
}
