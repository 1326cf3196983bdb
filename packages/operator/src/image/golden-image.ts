/** Where an import stands, as the users of its image see it. */
import type { PersistentVolumeClaim } from '@hypersdk/kube';
import type { ImportState } from '@hypersdk/api';
import { importRecord, type ImportFailure, type ImportRecord } from './record.ts';
import type { SourceClaim } from './source-claim.ts';
import { howToUpload, uploadOf, type Upload } from './upload/upload.ts';

export const MAX_ATTEMPTS = 5;
const FIRST_RETRY_MS = 10_000;

interface Told {
  readonly reason: string;
  /** For people, with what they can do. */
  readonly message: string;
  readonly attempts: number;
}

export type GoldenImage =
  | ({
      readonly type: 'importing';
      readonly progress: number | undefined;
      /** Undefined before the importer runs. */
      readonly step?: ImportState['phase'];
      /** While a client's file is awaited. */
      readonly upload?: Upload;
    } & Told)
  /** Size in bytes as a guest sees it, time as RFC 3339. */
  | {
      readonly type: 'ready';
      readonly virtualSize: number;
      readonly time: string;
      readonly attempts: number;
      /** Digest of what was downloaded, where it was taken. */
      readonly checksum?: string | undefined;
    }
  /** `isFinal`: nothing more is tried before somebody acts. */
  | ({ readonly type: 'failed'; readonly isFinal: boolean } & Told);

export interface GoldenClaim {
  readonly name: string;
  readonly claim: PersistentVolumeClaim | undefined;
  /** Names of disk claims that stand on the image. */
  readonly dependents: readonly string[];
  /** The claim's volume is awaited before anything else. */
  readonly isUnbound: boolean;
  /** Of an image that is copied from a claim. */
  readonly source: SourceClaim | undefined;
}

export function goldenImage({ name, claim, dependents, isUnbound, source }: GoldenClaim): GoldenImage {
  if (!claim) return dependents.length > 0 ? lost(name, dependents) : begins(source);
  if (claim.metadata.deletionTimestamp) return begins(source);
  const record = importRecord(claim);
  const { attempts, state, failure, readyTime = '' } = record;
  if (state?.phase === 'Ready') {
    const { virtualSize = 0, checksum } = state;
    return { type: 'ready', virtualSize, time: readyTime, attempts, checksum };
  }
  if (failure) return failed(name, record, failure);
  if (!isUnbound) return state ? underWay(claim, record, state) : begins(source, record);
  const message = `Waiting for the volume of claim ${name}`;
  return { type: 'importing', reason: 'WaitingForVolume', message, progress: undefined, attempts };
}

/** Milliseconds since the epoch at which a failed import is tried again; undefined when it is not. */
export function nextAttempt({ attempts, failure, maxAttempts = MAX_ATTEMPTS }: ImportRecord) {
  if (!failure || failure.permanent || attempts >= maxAttempts) return undefined;
  return Date.parse(failure.time) + FIRST_RETRY_MS * 2 ** (attempts - 1);
}

function begins(source: SourceClaim | undefined, record: ImportRecord = { attempts: 0 }): GoldenImage {
  const { attempts, waiting: message = 'The import of the image begins', waitingReason } = record;
  if (source?.type !== 'problem')
    return {
      type: 'importing',
      reason: waitingReason ?? 'Importing',
      message,
      progress: undefined,
      attempts,
    };
  const { reason, isFinal } = source;
  return isFinal
    ? { type: 'failed', reason, message: source.message, attempts, isFinal }
    : { type: 'importing', reason, message: source.message, progress: undefined, attempts };
}

function underWay(claim: PersistentVolumeClaim, { attempts }: ImportRecord, state: ImportState): GoldenImage {
  const { phase: step, progress } = state;
  if (step === 'AwaitingUpload') {
    const upload = uploadOf(claim, state.downloaded);
    const message = howToUpload(claim, upload);
    return { type: 'importing', reason: step, message, progress, attempts, step, upload };
  }
  const message = `The image is being ${DOING[step] ?? 'imported'}`;
  return { type: 'importing', reason: 'Importing', message, progress, attempts, step };
}
const DOING: Readonly<Record<string, string>> = {
  Downloading: 'downloaded',
  Verifying: 'verified',
  Unpacking: 'unpacked',
  Converting: 'converted',
};

function failed(name: string, record: ImportRecord, failure: ImportFailure): GoldenImage {
  const { attempts, maxAttempts = MAX_ATTEMPTS } = record;
  const next = nextAttempt(record);
  const told = { type: 'failed', reason: failure.reason, attempts, isFinal: next === undefined } as const;
  if (next !== undefined) {
    const at = new Date(next).toISOString().replace(/\.\d+Z$/, 'Z');
    const message = `${failure.message} (attempt ${attempts} of ${maxAttempts}; the next is at ${at})`;
    return { ...told, message };
  }
  const why = failure.permanent ? 'it is not tried again' : `${attempts} attempts were made`;
  const message = `${failure.message} (${why}; another image in spec begins anew, and so does deleting claim ${name})`;
  return { ...told, message };
}

/** A second import might bring other bytes, which would break every disk that stands on the first. */
function lost(name: string, dependents: readonly string[]): GoldenImage {
  const message = `Claim ${name}, which held the image, is gone, and these disks stand on it: ${dependents.join(', ')}. Restore it, or delete them`;
  return { type: 'failed', reason: 'ClaimLost', message, isFinal: true, attempts: 0 };
}
