/** Saved memory as QEMU writes it, of a guest that nobody has seen. */
import { open } from 'node:fs/promises';

export const PAGE = 4096;
/** Bytes of each of its blocks. */
export const BLOCK = 4 * PAGE;
const MIB = 1024 * 1024;

/** Where in the file the pages of the first block and of the second begin. */
export const PAGES = [MIB, 2 * MIB] as const;
/** Which of a block's pages are held, as QEMU writes it down: the second. */
export const BITMAP = Buffer.from([0b10, 0, 0, 0, 0, 0, 0, 0]);

const numbers = (...values: number[]): Buffer => {
  const buffer = Buffer.alloc(values.length * 8);
  values.forEach((value, index) => buffer.writeBigUInt64BE(BigInt(value), index * 8));
  return buffer;
};
export const page = (byte: number): Buffer => Buffer.alloc(PAGE, byte);

/** Two blocks: the second page of each holds the block's number, the third what was there before it became empty. */
export async function writeSavedState(path: string, memory = 'mem0'): Promise<void> {
  await using file = await open(path, 'w');
  const preamble = Buffer.concat([
    Buffer.from('QEVM\0\0\0\x03\x07some-machine\x01\0\0\0\x02\x03ram\0\0\0\0\0\0\0\x04', 'latin1'),
    numbers(2 * BLOCK + 4),
  ]);
  await file.write(preamble, 0, preamble.length, 0);
  let at = preamble.length;
  for (const [index, name] of [memory, 'vga.vram'].entries()) {
    const bitmap = at + 1 + name.length + 8 + 28;
    const pages = PAGES[index] ?? 0;
    const head = Buffer.concat([
      Buffer.from([name.length, ...Buffer.from(name)]),
      numbers(BLOCK),
      ...[Buffer.from([0, 0, 0, 1]), numbers(PAGE, bitmap, pages)],
      BITMAP,
    ]);
    await file.write(head, 0, head.length, at);
    await file.write(page(index + 1), 0, PAGE, pages + PAGE);
    await file.write(page(0xee), 0, PAGE, pages + 2 * PAGE);
    at = pages + BLOCK;
  }
  await file.write(Buffer.from('devices'), 0, 7, at);
}
