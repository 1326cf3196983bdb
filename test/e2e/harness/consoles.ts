import { open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Instance } from '../../cluster/instance.ts';
import { podsOnNodes } from '../../cluster/pods-on-nodes.ts';
import { parseLine, type Entry } from './journal.ts';

/** Milliseconds between two looks. */
const PERIOD = 50;
const CHUNK = 65_536;

interface Followed {
  readonly pod: string;
  readonly file: FileHandle;
  position: number;
  rest: string;
}

/**
 * All that the guests of a namespace say of their journals, read from the nodes' files as they are written. A file that is
 * open is read to its end, though its pod be deleted meanwhile.
 */
export class Consoles {
  readonly #instance: Instance;
  readonly #namespace: string;
  readonly #files = new Map<string, Followed>();
  readonly #entries: Entry[] = [];
  readonly #stop = new AbortController();
  readonly #following: Promise<void>;

  constructor(instance: Instance, namespace: string) {
    this.#instance = instance;
    this.#namespace = namespace;
    this.#following = this.#follow();
  }

  /** Of all pods of one VM. */
  entries(vm: string): Entry[] {
    return this.#entries.filter(({ pod }) => pod.startsWith(`${vm}-`));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#following;
    for (const { file } of this.#files.values()) await file.close();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#openNew();
      for (const followed of this.#files.values()) await this.#readOn(followed);
      await delay(PERIOD, undefined, { signal }).catch(() => undefined);
    }
  }

  async #openNew(): Promise<void> {
    for (const { name: pod, logs } of await podsOnNodes(this.#instance, this.#namespace)) {
      const directory = join(logs, 'qemu');
      for (const name of await readdir(directory).catch(() => [])) {
        const path = join(directory, name);
        if (this.#files.has(path) || !name.endsWith('.log')) continue;
        const file = await open(path).catch(() => undefined);
        if (file) this.#files.set(path, { pod, file, position: 0, rest: '' });
      }
    }
  }

  async #readOn(followed: Followed): Promise<void> {
    const buffer = Buffer.alloc(CHUNK);
    for (;;) {
      const { bytesRead } = await followed.file.read(buffer, 0, CHUNK, followed.position);
      if (bytesRead === 0) return;
      followed.position += bytesRead;
      const lines = (followed.rest + buffer.toString('latin1', 0, bytesRead)).split('\n');
      followed.rest = lines.pop() ?? '';
      this.#entries.push(...lines.flatMap((line) => parseLine(followed.pod, line) ?? []));
    }
  }
}
