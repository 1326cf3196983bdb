import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ProblemError } from '../../problem.ts';
import { BITMAP, BLOCK, page, PAGE, PAGES, writeSavedState } from '../../testing/saved-state.ts';
import { copyState } from './copy-state.ts';

const signal = AbortSignal.timeout(60_000);

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
    await writeSavedState(join(directory, 'from'));
    const { offset, after } = await copy();
    assert.equal(offset, PAGES[0]);
    const expected = Buffer.concat([page(0), page(1), page(0), page(0)]);
    assert.deepEqual(after.subarray(offset, offset + BLOCK), expected);
  });

  it('has nothing of that memory to load, and all the rest', async () => {
    await writeSavedState(join(directory, 'from'));
    const { before, after } = await copy();
    const bitmap = before.indexOf(BITMAP);
    assert.deepEqual(after.subarray(bitmap, bitmap + BITMAP.length), Buffer.alloc(BITMAP.length));
    assert.deepEqual(after.subarray(0, bitmap), before.subarray(0, bitmap));
    const ofDevice = PAGES[1] + PAGE;
    assert.deepEqual(after.subarray(ofDevice, ofDevice + PAGE), page(2));
    assert.equal(after.subarray(-7).toString(), 'devices');
  });

  for (const [what, make] of [
    ['another program', (path: string) => writeFile(path, Buffer.alloc(PAGES[0]))],
    ['a machine without that memory', (path: string) => writeSavedState(path, 'pc.ram')],
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
