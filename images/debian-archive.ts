import { isReachable } from './reachable.ts';

/** The Debian that everything is built from: a release, and the day of its archive that we take. */
export const SUITE = 'trixie';
export const DATE = '20260803';
export const PUBLIC_IMAGE = `docker.io/library/debian:${SUITE}-${DATE}-slim`;

/** The time that every file and image bears, in seconds, so that equal inputs give equal bytes. */
export const SOURCE_DATE_EPOCH = Date.UTC(2026, 7, 3) / 1000;

/** apt's sources: the archive as it was on that day, or as it is where the snapshots cannot be reached. */
export async function archiveSources(log: (line: string) => void): Promise<string[]> {
  const pinned = await isReachable('snapshot.debian.org', 80);
  if (!pinned) log('snapshot.debian.org cannot be reached: packages are of today');
  const url = (archive: string): string =>
    pinned
      ? `http://snapshot.debian.org/archive/${archive}/${DATE}T000000Z`
      : `http://deb.debian.org/${archive}`;
  return [
    `deb ${url('debian')} ${SUITE} main`,
    `deb ${url('debian')} ${SUITE}-updates main`,
    `deb ${url('debian-security')} ${SUITE}-security main`,
  ];
}
