import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jsonLines } from './json-lines.ts';

const documents = [{ a: 1 }, { text: 'größer\n☃' }, { b: [1, 2] }];
const stream = Buffer.from(documents.map((document) => `${JSON.stringify(document)}\n`).join(''));

describe('JSON lines', () => {
  for (const size of [1, 2, 3, 7, stream.length]) {
    it(`are whole however the stream is cut: ${size} bytes at a time`, async () => {
      assert.deepEqual(await collect(jsonLines(chunks(stream, size))), documents);
    });
  }

  for (const broken of ['{"a":1}\n{"b":', '<html>\n']) {
    it(`are refused when they are not: ${JSON.stringify(broken)}`, async () => {
      await assert.rejects(collect(jsonLines(chunks(Buffer.from(broken), 4))), SyntaxError);
    });
  }
});

async function* chunks(buffer: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < buffer.length; start += size) {
    yield await Promise.resolve(buffer.subarray(start, start + size));
  }
}

async function collect(documents: AsyncIterable<unknown>): Promise<unknown[]> {
  const collected: unknown[] = [];
  for await (const document of documents) collected.push(document);
  return collected;
}
