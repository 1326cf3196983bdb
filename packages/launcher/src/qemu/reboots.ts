import type { QmpEvent } from 'qemu-monitor';

/** Milliseconds that firmware takes, under TCG on a loaded node, from its entry to a reset of its own. */
const FIRMWARE = 3_000;

/**
 * Tells a guest's reboots among QEMU's RESET events. SeaBIOS that is entered by a reset resets the machine once
 * more to find itself unmodified, and that looks like the guest's own wish: what follows a reset at once is part of it.
 */
export class Reboots {
  #lastReset = -Infinity;

  isReboot({ data, timestamp }: QmpEvent<'RESET'>): boolean {
    const time = timestamp.seconds * 1000 + timestamp.microseconds / 1000;
    if (time - this.#lastReset < FIRMWARE) return false;
    this.#lastReset = time;
    return data.guest;
  }
}
