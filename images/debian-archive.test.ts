import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DATE, PUBLIC_IMAGE, SOURCE_DATE_EPOCH } from './debian-archive.ts';

describe("the images' Debian", () => {
  it('is the same wherever it is named', async () => {
    for (const place of ['base', 'node', 'launcher', 'guests/tiny', 'guests/debian']) {
      const containerfile = await readFile(join(import.meta.dirname, place, 'Containerfile'), 'utf8');
      assert.equal(/^ARG (?:BASE|PUBLIC)=(.*)$/m.exec(containerfile)?.[1], PUBLIC_IMAGE, place);
    }
  });

  it('is of the day whose time the files bear', () => {
    const day = new Date(SOURCE_DATE_EPOCH * 1000).toISOString().slice(0, 10);
    assert.equal(day.replaceAll('-', ''), DATE);
  });
});
