/** What of the spec's size the running guest is given now. Pure. */
import { formatBytes } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import type { Observed } from '../observed.ts';
import { currentMigration } from '../plan/migration/asked.ts';
import { nextStartSize } from './next-start.ts';
import { liveWish, podResize } from './pod-resize.ts';
import { isMore, liveSize, sizeOf, type Size } from './size.ts';

/** The launcher itself names what it cannot do to the running machine. */
export function grantedSize(observed: Observed, pod: Pod): Size {
  const live = liveSize(observed.machine);
  const wanted = sizeOf(observed.spec);
  if (!live) return wanted;
  // What takes the guest in was made for what it has.
  const isToStay = nextStartSize(observed, pod) ?? currentMigration(observed);
  if (isToStay) return { cpus: live.cpus, memory: live.memory };
  if (isPodReady(observed, pod)) return wanted;
  const now = liveWish(observed, pod, live);
  return {
    cpus: now.cpus > live.cpus ? live.cpus : wanted.cpus,
    memory: now.memory > live.memory ? live.memory : wanted.memory,
  };
}

/** A pod that is larger than it has to be is ready, too. */
function isPodReady(observed: Observed, pod: Pod): boolean {
  const live = liveSize(observed.machine);
  const grows = live && isMore(liveWish(observed, pod, live), live);
  return !grows || podResize(observed, pod).type === 'none';
}

/** Fields that the launcher was not told of, because only another pod can have them, or because they are to wait. */
export function sizesAwaitingRestart(observed: Observed, pod: Pod) {
  const live = liveSize(observed.machine);
  const isWaiting = nextStartSize(observed, pod) ?? podResize(observed, pod).type === 'refused';
  if (!live || !isWaiting) return [];
  const wanted = sizeOf(observed.spec);
  const granted = grantedSize(observed, pod);
  return [
    ...(granted.cpus === wanted.cpus
      ? []
      : [{ field: 'cpus', now: String(live.cpus), wanted: String(wanted.cpus) }]),
    ...(granted.memory === wanted.memory
      ? []
      : [{ field: 'memory', now: formatBytes(live.memory), wanted: formatBytes(wanted.memory) }]),
  ];
}
