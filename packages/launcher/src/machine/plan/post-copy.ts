/** A guest that has gone before its memory. Pure. */
import type { MigrationStatus } from 'qemu-monitor';
import type { RunningQemu } from '../observe/observed.ts';

const POST_COPY: ReadonlySet<MigrationStatus> = new Set([
  'postcopy-active',
  'postcopy-paused',
  'postcopy-recover-setup',
  'postcopy-recover',
]);

/** The guest's state is at the target, and not all of its memory: neither has all of it. */
export const isPostCopy = ({ migration }: RunningQemu): boolean =>
  migration !== undefined && POST_COPY.has(migration.status);

/** Milliseconds in which nothing was sent, though there is more. A network that is cut says so after many minutes. */
const SILENCE = 10_000;

/** Also on its way to another connection. */
export function isStalled(qemu: RunningQemu, now: Date): boolean {
  const { migration } = qemu;
  if (!isPostCopy(qemu) || (migration?.status === 'postcopy-active' && !migration.remaining)) return false;
  return isSilent(qemu, now);
}

/** It was not seen to come any further for long. */
export function isSilent({ sentUntil }: RunningQemu, now: Date): boolean {
  return sentUntil !== undefined && now.getTime() - sentUntil.getTime() > SILENCE;
}
