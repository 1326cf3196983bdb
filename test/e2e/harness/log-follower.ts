import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Instance } from '../../cluster/instance.ts';
import { podsOnNodes } from '../../cluster/pods-on-nodes.ts';

/** Milliseconds between two looks. */
const PERIOD = 50;
const CHUNK = 65_536;

/** A line of a container's log, as the kubelet keeps it. */
export interface LogLine {
  readonly pod: string;
  readonly container: string;
  readonly text: string;
}

interface Followed extends Omit<LogLine, 'text'> {
  readonly directory: string;
  readonly file: FileHandle;
  position: number;
  rest: string;
}

/**
 * Reads the logs of all containers of a namespace from the nodes' files as they are written: no API server is asked, for it
 * may be away. A file that is open is read to its end, though its pod be deleted, or the kubelet rename it, meanwhile.
 */
export class LogFollower {
  readonly #instance: Instance;
  readonly #namespace: string;
  readonly #onLine: (line: LogLine) => void;
  /** By device and inode, for the kubelet begins a new file of the same name when one is large. */
  readonly #files = new Map<string, Followed>();
  readonly #buffer = Buffer.alloc(CHUNK);
  readonly #stop = new AbortController();
  readonly #following: Promise<void>;

  constructor(instance: Instance, namespace: string, onLine: (line: LogLine) => void) {
    this.#instance = instance;
    this.#namespace = namespace;
    this.#onLine = onLine;
    this.#following = this.#follow();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#following;
    for (const { file } of this.#files.values()) await file.close();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const pods = await podsOnNodes(this.#instance, this.#namespace);
      for (const { name, logs } of pods) await this.#openNew(name, logs);
      const there = new Set(pods.map(({ logs }) => logs));
      for (const [id, followed] of this.#files) {
        await this.#readOn(followed);
        if (!there.has(followed.directory)) await this.#forget(id, followed);
      }
      await delay(PERIOD, undefined, { signal }).catch(() => undefined);
    }
  }

  async #openNew(pod: string, directory: string): Promise<void> {
    for (const container of await namesIn(directory)) {
      for (const name of await namesIn(join(directory, container))) {
        const path = join(directory, container, name);
        if (!name.endsWith('.log') || this.#files.has(await identity(path))) continue;
        const file = await open(path).catch(() => undefined);
        if (!file) continue;
        const { dev, ino } = await file.stat();
        this.#files.set(`${dev}:${ino}`, { pod, container, directory, file, position: 0, rest: '' });
      }
    }
  }

  async #readOn(followed: Followed): Promise<void> {
    const { pod, container, file } = followed;
    for (;;) {
      const { bytesRead } = await file.read(this.#buffer, 0, CHUNK, followed.position);
      if (bytesRead === 0) return;
      followed.position += bytesRead;
      const lines = (followed.rest + this.#buffer.toString('latin1', 0, bytesRead)).split('\n');
      followed.rest = lines.pop() ?? '';
      for (const text of lines) this.#onLine({ pod, container, text });
    }
  }

  async #forget(id: string, { file }: Followed): Promise<void> {
    this.#files.delete(id);
    await file.close();
  }
}

const namesIn = (directory: string): Promise<string[]> => readdir(directory).catch(() => []);

const identity = (path: string): Promise<string> =>
  stat(path).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => '',
  );
