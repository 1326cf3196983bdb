import { setTimeout as delay } from 'node:timers/promises';
import { CommandError, type QmpClient } from 'qemu-monitor';

/** Milliseconds between two tries, and for all of them. */
const PAUSE = 2;
const PATIENCE = 10_000;

/** Lets a guest go on whose migration is complete. QEMU closes the stream after it has said so, and refuses until then. */
export function goOn(client: QmpClient, signal: AbortSignal): Promise<void> {
  return untilObeyed((bounds) => client.execute('cont', {}, { signal: bounds }), signal);
}

/** Gives a guest that is to stand still its disks back, which QEMU has closed for the target of its migration. */
export function standStill(client: QmpClient, signal: AbortSignal): Promise<void> {
  return untilObeyed(
    (bounds) => client.execute('blockdev-set-active', { active: true }, { signal: bounds }),
    signal,
  );
}

async function untilObeyed(
  send: (bounds: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const bounds = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
  for (;;) {
    try {
      await send(bounds);
      return;
    } catch (error) {
      if (!(error instanceof CommandError) || bounds.aborted) throw error;
      await delay(PAUSE, undefined, { signal: bounds });
    }
  }
}
