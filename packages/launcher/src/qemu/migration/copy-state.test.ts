import assert from 'node:assert/strict';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ProblemError } from '../../problem.ts';
import { copyState } from './copy-state.ts';

const PAGE = 4096;
const MIB = 1024 * 1024;
const signal = AbortSignal.timeout(60_000);

const numbers = (...values: number[]): Buffer => {
  const buffer = Buffer.alloc(values.length * 8);
  values.forEach((value, index) => buffer.writeBigUInt64BE(BigInt(value), index * 8));
  return buffer;
};
const page = (byte: number): Buffer => Buffer.alloc(PAGE, byte);

/** Two blocks of four pages, as QEMU writes them: the second page of each is held, the third is what was there before. */
async function writeState(path: string, first: string): Promise<void> {
  await using file = await open(path, 'w');
  const preamble = Buffer.concat([
    Buffer.from('QEVM\0\0\0\x03\x07some-machine\x01\0\0\0\x02\x03ram\0\0\0\0\0\0\0\x04', 'latin1'),
    numbers(2 * 4 * PAGE + 4),
  ]);
  await file.write(preamble, 0, preamble.length, 0);
  let at = preamble.length;
  for (const [index, name] of [first, 'vga.vram'].entries()) {
    const bitmap = at + 1 + name.length + 8 + 28;
    const pages = (index + 1) * MIB;
    const head = Buffer.concat([
      Buffer.from([name.length, ...Buffer.from(name)]),
      numbers(4 * PAGE),
      ...[Buffer.from([0, 0, 0, 1]), numbers(PAGE, bitmap, pages)],
      Buffer.from([0b10, 0, 0, 0, 0, 0, 0, 0]),
    ]);
    await file.write(head, 0, head.length, at);
    await file.write(page(index + 1), 0, PAGE, pages + PAGE);
    await file.write(page(0xee), 0, PAGE, pages + 2 * PAGE);
    at = pages + 4 * PAGE;
  }
  await file.write(Buffer.from('devices'), 0, 7, at);
}

describe('a copy of saved memory that is to be mapped', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'copy-state-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const copy = async (): Promise<{ offset: number; before: Buffer; after: Buffer }> => {
    const [from, to] = [join(directory, 'from'), join(directory, 'to')];
    const { memoryOffset: offset } = await copyState(from, to, signal);
    return { offset, before: await readFile(from), after: await readFile(to) };
  };

  it('has the pages that QEMU would have loaded in their places, and holes elsewhere', async () => {
    await writeState(join(directory, 'from'), 'mem0');
    const { offset, after } = await copy();
    assert.equal(offset, MIB);
    const expected = Buffer.concat([page(0), page(1), page(0), page(0)]);
    assert.deepEqual(after.subarray(offset, offset + 4 * PAGE), expected);
  });

  it('has nothing of that memory to load, and all the rest', async () => {
    await writeState(join(directory, 'from'), 'mem0');
    const { before, after } = await copy();
    const bitmap = before.indexOf(Buffer.from([0b10, 0, 0, 0, 0, 0, 0, 0]));
    assert.deepEqual(after.subarray(bitmap, bitmap + 8), Buffer.alloc(8));
    assert.deepEqual(after.subarray(0, bitmap), before.subarray(0, bitmap));
    const ofDevice = 2 * MIB + PAGE;
    assert.deepEqual(after.subarray(ofDevice, ofDevice + PAGE), page(2));
    assert.equal(after.subarray(-7).toString(), 'devices');
  });

  for (const [what, make] of [
    ['another program', (path: string) => writeFile(path, Buffer.alloc(MIB))],
    ['a machine without that memory', (path: string) => writeState(path, 'pc.ram')],
  ] as const) {
    it(`is refused of what ${what} has written`, async () => {
      await make(join(directory, 'from'));
      await assert.rejects(copy(), (error) => {
        assert.ok(error instanceof ProblemError);
        assert.equal(error.problem.reason, 'MemoryNotReadable');
        return true;
      });
    });
  }
});
