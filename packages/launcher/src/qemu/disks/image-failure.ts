import { messageOf, ProblemError, TransientError } from '../../problem.ts';
import { ToolError } from '../process/tool.ts';

const IN_USE = /Failed to get .*lock|Is another process using the image/;

/** Of qemu-img, or of a QEMU that was to open it. */
export function isInUse(error: unknown): boolean {
  return IN_USE.test(textOf(error));
}

/**
 * What a failed `qemu-img` means for the user. It exits with 1 whatever went wrong and says the rest in
 * words, so this table is the one place that reads them. The first row that fits counts.
 */
const failures = [
  {
    said: /No space left on device|Disk quota exceeded/,
    permanent: true,
    reason: 'NoSpace',
    advice: 'The volume is full: give the disk a larger size, or its claim a larger request.',
  },
  {
    said: /Permission denied|Read-only file system/,
    permanent: true,
    reason: 'VolumeNotWritable',
    advice:
      'The volume cannot be written by uid 107: check fsGroup support and the access mode of its claim.',
  },
  {
    said: IN_USE,
    permanent: false,
    reason: 'DiskInUse',
    advice: 'Another process still has the disk open; this goes on as soon as it is free.',
  },
  {
    said: /Input\/output error|Stale file handle|timed out|temporarily unavailable|Cannot allocate memory/,
    permanent: false,
    reason: 'DiskError',
    advice: 'Its storage did not answer as it should; it is tried again.',
  },
  {
    said: /Cannot grow NBD nodes/,
    permanent: false,
    reason: 'Growing',
    advice: 'It is served by another pod, which has still to enlarge it.',
  },
  {
    said: /No such file or directory/,
    permanent: true,
    reason: 'ImageMissing',
    advice: 'A file that it stands on is not there: mount or import its image again.',
  },
  {
    said: /Could not open|[Cc]orrupt/,
    permanent: true,
    reason: 'DiskCorrupt',
    advice:
      'The file is not a sound qcow2 image: restore it, or delete the claim to have the disk made again.',
  },
] as const;

/** Gives an error of preparing `disk` its problem; what the table does not know is worth another try. */
export function diskFailure(disk: string, error: unknown): Error {
  if (error instanceof ProblemError || error instanceof TransientError) return error;
  const text = textOf(error);
  const failure = failures.find(({ said }) => said.test(text)) ?? ioFailure(error);
  const problem = {
    reason: failure.reason,
    message: `Disk ${disk}: ${failure.advice} (${text.trim()})`,
    disk,
  };
  return failure.permanent
    ? new ProblemError(problem, { cause: error })
    : new TransientError(problem, { cause: error });
}

const textOf = (error: unknown): string => (error instanceof ToolError ? error.stderr : messageOf(error));

function ioFailure(error: unknown): { permanent: boolean; reason: string; advice: string } {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return failures[0];
  return { permanent: false, reason: 'DiskError', advice: 'Preparing it failed and is tried again.' };
}

/** The same of a disk that another pod serves: unless the target is at fault, the next attempt may find a new server. */
export function pullFailure(disk: string, error: unknown): Error {
  if (!(error instanceof ToolError) || TARGET_AT_FAULT.test(error.stderr)) return diskFailure(disk, error);
  const message = `Disk ${disk}: the pod that serves the source's disk went away. (${error.stderr.trim()})`;
  return new TransientError({ reason: 'SourceAway', message, disk }, { cause: error });
}

const TARGET_AT_FAULT = /No space left on device|Disk quota exceeded|Read-only file system/;
