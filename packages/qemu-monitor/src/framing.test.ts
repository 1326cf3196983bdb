import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProtocolError } from './errors.ts';
import { LineDecoder } from './framing.ts';

const LINES = ['{"return":{}}', '{"desc":"Größe ☃ 🖴"}', '{"x":"\\u0000\\n"}', 'x', '{"event":"STOP"}'];

/** A small reproducible generator (xorshift32): a failing seed can be run again. */
function seededRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function splitAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}

function decodeAll(chunks: readonly Uint8Array[], decoder = new LineDecoder()): string[] {
  return chunks.flatMap((chunk) => [...decoder.lines(chunk)]);
}

describe('LineDecoder', () => {
  const stream = Buffer.from(LINES.map((line) => `${line}\r\n`).join(''));

  it('finds the same lines wherever the stream is cut in two', () => {
    for (let cut = 0; cut <= stream.length; cut += 1) {
      assert.deepEqual(decodeAll(splitAt(stream, [cut])), LINES, `cut at ${cut}`);
    }
  });

  it('finds the same lines in 5,000 random splits of random streams', () => {
    for (let seed = 1; seed <= 5_000; seed += 1) {
      const random = seededRandom(seed);
      const lines = Array.from({ length: 1 + random(8) }, () =>
        LINES[random(LINES.length)]!.repeat(1 + random(3)),
      );
      const bytes = Buffer.from(lines.map((line) => line + (random(2) ? '\r\n' : '\n')).join(''));
      const cuts = Array.from({ length: random(bytes.length) }, () => random(bytes.length));
      assert.deepEqual(decodeAll(splitAt(bytes, cuts)), lines, `seed ${seed}`);
    }
  });

  it('skips blank lines and keeps back a line that is not over', () => {
    assert.deepEqual(decodeAll([Buffer.from('\r\n\n  \r\n{}\r\n{"un')]), ['{}']);
  });

  it('takes a line of just the longest length and refuses one byte more', () => {
    assert.deepEqual(decodeAll([Buffer.from('12345678\n')], new LineDecoder(8)), ['12345678']);
    assert.throws(() => decodeAll([Buffer.from('123456789\n')], new LineDecoder(8)), ProtocolError);
  });

  it('refuses a line too long before its end has come', () => {
    const decoder = new LineDecoder(8);
    assert.deepEqual([...decoder.lines(Buffer.from('12345'))], []);
    assert.throws(() => [...decoder.lines(Buffer.from('6789'))], /longer than 8 bytes/);
  });

  it('counts each line by itself', () => {
    const lines = Array.from({ length: 100 }, (_, index) => String(index));
    assert.deepEqual(decodeAll([Buffer.from(`${lines.join('\n')}\n`)], new LineDecoder(2)), lines);
  });

  it('hands over the good lines before a bad one', () => {
    const lines: string[] = [];
    assert.throws(() => {
      const bytes = Buffer.concat([Buffer.from('{"a":1}\n'), Buffer.of(0xc3, 0x28, 0x0a)]);
      for (const line of new LineDecoder().lines(bytes)) lines.push(line);
    }, /not in UTF-8/);
    assert.deepEqual(lines, ['{"a":1}']);
  });
});
