import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { cached, contentKey, locked } from './cache.ts';

describe('the cache', () => {
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cache-'));
  });

  after(() => rm(directory, { recursive: true }));

  it('makes a directory once, however many ask for it at the same time', async () => {
    const wanted = join(directory, 'once');
    let made = 0;
    const make = async (staging: string) => {
      made += 1;
      await writeFile(join(staging, 'content'), 'whole');
    };
    await Promise.all([cached(wanted, make), cached(wanted, make), cached(wanted, make)]);
    assert.equal(made, 1);
    assert.equal(await readFile(join(wanted, 'content'), 'utf8'), 'whole');
  });

  it('shows nothing of a directory that could not be made, and makes it the next time', async () => {
    const wanted = join(directory, 'failed');
    const fail = async (staging: string) => {
      await writeFile(join(staging, 'half'), '');
      throw new Error('no space');
    };
    await assert.rejects(cached(wanted, fail), /no space/);
    assert.equal(existsSync(wanted), false);
    await cached(wanted, (staging) => writeFile(join(staging, 'content'), ''));
    assert.equal(existsSync(join(wanted, 'half')), false);
  });

  it('lets one at a time do what a lock guards', async () => {
    const lock = join(directory, 'lock');
    let inside = 0;
    const enter = () =>
      locked(lock, async () => {
        inside += 1;
        await new Promise(setImmediate);
        assert.equal(inside, 1);
        inside -= 1;
      });
    await Promise.all([enter(), enter(), enter()]);
  });

  it('tells apart what differs only in where one text ends', async () => {
    assert.notEqual(await contentKey({ texts: ['ab', 'c'] }), await contentKey({ texts: ['a', 'bc'] }));
    assert.equal(await contentKey({ texts: ['a'] }), await contentKey({ texts: ['a'] }));
  });
});
