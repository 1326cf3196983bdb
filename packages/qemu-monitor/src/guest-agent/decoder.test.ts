import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProtocolError } from '../errors.ts';
import { AgentDecoder, DELIMITER } from './decoder.ts';

const decodeAll = (decoder: AgentDecoder, chunks: readonly Uint8Array[]): string[] =>
  chunks.flatMap((chunk) => [...decoder.lines(chunk)]);

describe('AgentDecoder', () => {
  const answer = Buffer.concat([Buffer.of(DELIMITER), Buffer.from('{"return":7}\n{"return":"Größe"}\n')]);

  it('forgets what came before a delimiter, wherever the stream is cut', () => {
    const late = Buffer.from('{"return":{"half":"of an ans');
    const stream = Buffer.concat([late, answer]);
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const chunks = [stream.subarray(0, cut), stream.subarray(cut)];
      assert.deepEqual(
        decodeAll(new AgentDecoder(), chunks),
        ['{"return":7}', '{"return":"Größe"}'],
        `cut at ${cut}`,
      );
    }
  });

  it('finds the answer after any garbage in any pieces', () => {
    for (let seed = 1; seed <= 2_000; seed += 1) {
      let state = seed;
      const random = (below: number): number => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state % below;
      };
      const garbage = Buffer.from(Array.from({ length: random(60) }, () => random(256)));
      const stream = Buffer.concat([garbage, answer]);
      const decoder = new AgentDecoder();
      const found: string[] = [];
      for (let start = 0; start < stream.length;) {
        const end = Math.min(start + 1 + random(9), stream.length);
        try {
          found.push(...decoder.lines(stream.subarray(start, end)));
        } catch (error) {
          assert.ok(error instanceof ProtocolError);
        }
        start = end;
      }
      assert.deepEqual(found.slice(-2), ['{"return":7}', '{"return":"Größe"}'], `seed ${seed}`);
    }
  });

  it('takes no line longer than it may be, and the next one all the same', () => {
    const decoder = new AgentDecoder(8);
    assert.throws(() => decodeAll(decoder, [Buffer.from('123456789')]), ProtocolError);
    assert.deepEqual(decodeAll(decoder, [Buffer.from('1234\n')]), ['1234']);
  });
});
