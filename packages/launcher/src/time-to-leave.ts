import { setTimeout as delay } from 'node:timers/promises';
import { exists } from './files/exists.ts';
import { qemuProcess } from './qemu/process/process.ts';
import type { RuntimeFiles } from './pod/runtime-files.ts';

/** What shells say of a process that SIGTERM ended. Kubelet starts a container again that exits with any code but 0. */
export const TOLD_TO_END = 143;

/** Milliseconds. The preStop hook is begun when SIGTERM is sent; a node under load takes a while to run it. */
const HOOK_COMES = 10_000;
const LOOK_AGAIN = 100;

export interface Clock {
  /** Milliseconds. */
  readonly now: () => number;
  readonly delay: (milliseconds: number) => Promise<unknown>;
}
const ourClock: Clock = { now: () => performance.now(), delay: (milliseconds) => delay(milliseconds) };

/**
 * Resolves when a launcher that got SIGTERM may end. Kubelet sends it when this container's image is changed, and when
 * the whole pod is to end; then the guest powers down, and needs its launcher until it is off. The preStop hook of
 * QEMU's container tells which it is. To be wrong is little harm: a launcher that was to be upgraded is started again,
 * and the hook powers a guest down by itself that has no launcher.
 */
export async function timeToLeave(files: RuntimeFiles, clock = ourClock): Promise<void> {
  let leaveAt = clock.now() + HOOK_COMES;
  while (clock.now() < leaveAt) {
    const qemu = await qemuProcess(files);
    if (qemu === 'absent') return;
    if (qemu === 'alive' && (await exists(files.powerdown))) leaveAt = clock.now() + HOOK_COMES;
    await clock.delay(LOOK_AGAIN);
  }
}
