/**
 * Where guest memory lies in a file that QEMU's migration has written with capability `mapped-ram`: "Mapped-ram" in QEMU's
 * docs/devel/migration, and `struct MappedRamHeader` of migration/ram.c. Numbers are big-endian; a bitmap says of each page of
 * a block, the first in the lowest bit, whether the file holds it. What lies where a page has no bit may be anything.
 */
import type { FileHandle } from 'node:fs/promises';
import { ProblemError } from '../../problem.ts';

/** Memory of the guest's that QEMU has one name for: its RAM, or a device's. Offsets and sizes in bytes. */
export interface RamBlock {
  readonly name: string;
  /** Where the block is described, before its bitmap. */
  readonly start: number;
  readonly bitmap: { readonly offset: number; readonly size: number };
  readonly pages: { readonly offset: number; readonly size: number };
  readonly pageSize: number;
}

/** The name, instance and version with which the section of memory begins. */
const SECTION = Buffer.from([3, ...Buffer.from('ram'), 0, 0, 0, 0, 0, 0, 0, 4]);
/** It is the first section; the machine's name and QEMU's capabilities stand before it. */
const LONGEST_PREAMBLE = 64 * 1024;
/** The sizes of all blocks, with a flag in the place of the low bits. */
const TOTAL_SIZE = 8;
const FLAGS = 0xfffn;
/** Length of the longest name, the name, the size, and MappedRamHeader: its version, page size and two offsets. */
const LONGEST_BLOCK = 1 + 255 + 8 + 28;
const VERSION = 1;

/** In their order in the file. */
export async function ramBlocks(file: FileHandle): Promise<RamBlock[]> {
  const preamble = await read(file, 0, LONGEST_PREAMBLE);
  const section = preamble.indexOf(SECTION);
  if (section < 0 || section + SECTION.length + TOTAL_SIZE > preamble.length) throw unreadable();
  let at = section + SECTION.length;
  let left = preamble.readBigUInt64BE(at) & ~FLAGS;
  at += TOTAL_SIZE;
  const blocks: RamBlock[] = [];
  while (left > 0n) {
    const block = parseBlock(await read(file, at, LONGEST_BLOCK), at);
    blocks.push(block);
    left -= BigInt(block.pages.size);
    at = block.pages.offset + block.pages.size;
  }
  if (left < 0n) throw unreadable();
  return blocks;
}

/** Runs of pages that the file holds, each of `longest` bytes at most: their offset in the block and their size. */
export async function* heldPages(
  file: FileHandle,
  { bitmap, pages, pageSize }: RamBlock,
  longest: number,
): AsyncGenerator<{ readonly offset: number; readonly size: number }> {
  const bits = await read(file, bitmap.offset, bitmap.size);
  const isHeld = (page: number): boolean => ((bits[page >> 3] ?? 0) & (1 << (page & 7))) !== 0;
  const count = pages.size / pageSize;
  const most = longest / pageSize;
  for (let first = 0; first < count;) {
    if (!isHeld(first)) {
      // Eight at once: of most memory nothing is held.
      first += first % 8 === 0 && bits[first >> 3] === 0 ? 8 : 1;
      continue;
    }
    let end = first + 1;
    while (end < count && end - first < most && isHeld(end)) end++;
    yield { offset: first * pageSize, size: (end - first) * pageSize };
    first = end;
  }
}

function parseBlock(bytes: Buffer, start: number): RamBlock {
  const length = bytes[0] ?? 0;
  if (length === 0 || bytes.length < 1 + length + 8 + 28) throw unreadable();
  const number = (at: number): number => Number(bytes.readBigUInt64BE(1 + length + at));
  const [size, pageSize] = [number(0), number(12)];
  const isKnown = bytes.readUInt32BE(1 + length + 8) === VERSION;
  if (!isKnown || pageSize === 0 || size % pageSize !== 0) throw unreadable();
  return {
    ...{ name: bytes.toString('latin1', 1, 1 + length), start, pageSize },
    // Whole words of 64 bits.
    bitmap: { offset: number(20), size: Math.ceil(size / pageSize / 64) * 8 },
    pages: { offset: number(28), size },
  };
}

/** Less where the file ends before. */
async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position });
  return buffer.subarray(0, bytesRead);
}

const unreadable = (): ProblemError =>
  new ProblemError({
    reason: 'MemoryNotReadable',
    message: 'The saved memory is not in the form that this version reads.',
  });
