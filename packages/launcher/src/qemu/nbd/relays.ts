import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { MachineAttachment } from '@hypersdk/api/machine';
import { Relay } from './relay.ts';

/**
 * The relays of a machine's disks that other pods serve, one a disk. A disk whose server is away keeps its relay, so that
 * QEMU finds the next server at once.
 */
export class Relays {
  readonly #directory: string;
  readonly #relays = new Map<string, Relay>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** By the disk's name; the path of a socket has room for no more than 107 characters. */
  socket(disk: string): string {
    return join(this.#directory, `nbd-${createHash('sha256').update(disk).digest('hex').slice(0, 12)}.sock`);
  }

  async aim(attachments: readonly MachineAttachment[]): Promise<void> {
    for (const [disk, relay] of this.#relays) {
      relay.aim(attachments.find((attachment) => attachment.disk === disk));
    }
    for (const attachment of attachments) {
      if (this.#relays.has(attachment.disk)) continue;
      this.#relays.set(attachment.disk, await Relay.listen(this.socket(attachment.disk), attachment));
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#relays.values()].map((relay) => relay.close()));
    this.#relays.clear();
  }
}
