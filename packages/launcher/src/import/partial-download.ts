import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeFileAtomically } from '../files/write-file-atomically.ts';

/** What the server said of the content that we have the beginning of. */
const Origin = z.object({
  url: z.string(),
  /** A strong ETag or a Last-Modified date, for If-Range. */
  validator: z.string().optional(),
  /** The URL holds the content's digest, so what it names never changes. */
  immutable: z.boolean().optional(),
  /** Bytes of the whole, of what a client uploads and answers for. */
  total: z.int().positive().optional(),
});
type Origin = z.infer<typeof Origin>;

/** The beginning of a file, on disk and hashed. It survives the importer and is only continued if it fits. */
export class PartialDownload {
  /** Its names in the directory. */
  static readonly files = ['download.part', 'download.part.json'] as const;
  readonly path: string;
  readonly #originPath: string;
  readonly #algorithm: string;
  #file: FileHandle;
  #hash: Hash;
  #size = 0;
  #origin: Origin | undefined;
  /** Whether bytes are from an earlier process, or from before an interruption. */
  #resumed = false;

  static async open(directory: string, algorithm: string): Promise<PartialDownload> {
    const path = join(directory, PartialDownload.files[0]);
    const file = await open(path, 'a', 0o600);
    const partial = new PartialDownload(path, algorithm, file);
    await partial.#recall();
    return partial;
  }

  private constructor(path: string, algorithm: string, file: FileHandle) {
    this.path = path;
    this.#originPath = `${path}.json`;
    this.#algorithm = algorithm;
    this.#file = file;
    this.#hash = createHash(algorithm);
  }

  get size(): number {
    return this.#size;
  }
  /** Bytes of the whole upload that this is the beginning of. */
  get total(): number | undefined {
    return this.#origin?.total;
  }
  /** Of an upload. */
  get isWhole(): boolean {
    return this.#size === this.total;
  }
  get resumed(): boolean {
    return this.#resumed;
  }
  get digest(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Headers that ask for the rest, when what is here is the beginning of `url`'s content and can be gone on with. */
  rangeHeaders(url: string): Readonly<Record<string, string>> {
    if (this.#size === 0 || this.#origin?.url !== url) return {};
    const range = `bytes=${this.#size}-`;
    const { validator, immutable } = this.#origin;
    if (immutable) return { range };
    return validator === undefined ? {} : { range, 'if-range': validator };
  }

  /** Whether what is here is the beginning of the content that the server says these of; it need not say any. */
  isOf(validators: readonly string[]): boolean {
    const { validator = '', immutable } = this.#origin ?? {};
    return immutable === true || validators.length === 0 || validators.includes(validator);
  }

  /** Forgets what is here; what comes next is the content from its first byte. */
  async restart(origin: Origin): Promise<void> {
    await this.#file.truncate(0);
    this.#size = 0;
    this.#resumed = false;
    this.#hash = createHash(this.#algorithm);
    this.#origin = origin;
    await writeFileAtomically(this.#originPath, JSON.stringify(origin));
  }

  markResumed(): void {
    this.#resumed = true;
  }

  async append(chunk: Uint8Array): Promise<void> {
    await this.#file.writeFile(chunk);
    this.#hash.update(chunk);
    this.#size += chunk.byteLength;
  }

  /** What is here survives the node from now on. */
  async sync(): Promise<void> {
    await this.#file.sync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async remove(): Promise<void> {
    await Promise.all([rm(this.path, { force: true }), rm(this.#originPath, { force: true })]);
  }

  /** Takes up what an earlier importer left; a file of unknown origin is of no use. */
  async #recall(): Promise<void> {
    this.#origin = await readOrigin(this.#originPath);
    const { size } = await stat(this.path);
    if (size === 0) return;
    const { validator, immutable, total } = this.#origin ?? {};
    if (!validator && !immutable && total === undefined) return this.#file.truncate(0);
    for await (const chunk of createReadStream(this.path) as AsyncIterable<Buffer>) this.#hash.update(chunk);
    this.#size = size;
  }
}

async function readOrigin(path: string): Promise<Origin | undefined> {
  try {
    return Origin.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined; // absent, or cut short by a crash: then the download starts anew
  }
}
