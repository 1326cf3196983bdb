import { type FileHandle, open } from 'node:fs/promises';
import { ProblemError } from '../../problem.ts';
import { MEMORY_ID } from '../devices/memory.ts';
import { heldPages, type RamBlock, ramBlocks } from './mapped-ram.ts';

/** Bytes. */
const CHUNK = 1024 * 1024;

export interface CopiedState {
  /** Where in the file the machine's memory lies, one page after the other, for a QEMU that maps it. */
  readonly memoryOffset: number;
}

/**
 * Copies a guest's saved state so that one QEMU can do both: map the machine's memory from the file, where what was never
 * written is a hole, and load the rest. Of that memory it finds no page to load.
 */
export async function copyState(from: string, to: string, signal: AbortSignal): Promise<CopiedState> {
  await using source = await open(from, 'r');
  await using target = await open(to, 'w', 0o600);
  const copy = new Copy(source, target, signal);
  const blocks = await ramBlocks(source);
  const memory = blocks.find(({ name }) => name === MEMORY_ID);
  if (!memory) {
    const message = `The saved memory has no ${MEMORY_ID}.`;
    throw new ProblemError({ reason: 'MemoryNotReadable', message });
  }
  const { size } = await source.stat();
  let end = 0;
  for (const block of blocks) {
    const { bitmap, pages } = block;
    await copy.range(end, block === memory ? bitmap.offset : bitmap.offset + bitmap.size);
    await copy.pagesOf(block);
    end = pages.offset + pages.size;
  }
  await copy.range(end, size);
  await target.truncate(size);
  return { memoryOffset: memory.pages.offset };
}

class Copy {
  readonly #source: FileHandle;
  readonly #target: FileHandle;
  readonly #signal: AbortSignal;
  readonly #buffer = Buffer.alloc(CHUNK);

  constructor(source: FileHandle, target: FileHandle, signal: AbortSignal) {
    this.#source = source;
    this.#target = target;
    this.#signal = signal;
  }

  async pagesOf(block: RamBlock): Promise<void> {
    for await (const { offset, size } of heldPages(this.#source, block, CHUNK)) {
      const start = block.pages.offset + offset;
      await this.range(start, start + size);
    }
  }

  async range(start: number, end: number): Promise<void> {
    for (let position = start; position < end;) {
      this.#signal.throwIfAborted();
      const length = Math.min(CHUNK, end - position);
      const { bytesRead } = await this.#source.read(this.#buffer, 0, length, position);
      if (bytesRead === 0) throw new Error(`the state ends at ${position}`);
      await this.#target.write(this.#buffer, 0, bytesRead, position);
      position += bytesRead;
    }
  }
}
