import { type FileHandle, open } from 'node:fs/promises';

const ZEROS = Buffer.alloc(1024 * 1024);

/** A file written from its beginning in which zeros take no room: most of an unpacked raw disk is nothing else. */
export class SparseFile {
  readonly #file: FileHandle;
  #size = 0;

  static async create(path: string): Promise<SparseFile> {
    return new SparseFile(await open(path, 'w', 0o600));
  }

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  get size(): number {
    return this.#size;
  }

  async append(chunk: Uint8Array): Promise<void> {
    if (!isZero(chunk)) await writeAll(this.#file, chunk, this.#size);
    this.#size += chunk.byteLength;
  }

  async close(): Promise<void> {
    try {
      await this.#file.truncate(this.#size);
    } finally {
      await this.#file.close();
    }
  }
}

function isZero(chunk: Uint8Array): boolean {
  return chunk.byteLength <= ZEROS.length && ZEROS.subarray(0, chunk.byteLength).equals(chunk);
}

/** A volume that is about to be full takes a part and says how much. */
async function writeAll(file: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < chunk.byteLength;) {
    const left = chunk.byteLength - done;
    done += (await file.write(chunk, done, left, position + done)).bytesWritten;
  }
}
