import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jsonLog } from './log.ts';

function written(level: string | undefined): Record<string, unknown>[] {
  const lines: string[] = [];
  const log = jsonLog({ name: 'launcher', level, write: (line) => lines.push(line) });
  log.debug({ step: 1 }, 'looks');
  log.info({ step: 2 }, 'says');
  log.warn({ step: 3 }, 'warns');
  log.error({ err: new Error('outer', { cause: new TypeError('inner') }) }, 'fails');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  const cases = [
    { level: 'trace', messages: ['looks', 'says', 'warns', 'fails'] },
    { level: 'debug', messages: ['looks', 'says', 'warns', 'fails'] },
    { level: 'info', messages: ['says', 'warns', 'fails'] },
    { level: 'warn', messages: ['warns', 'fails'] },
    { level: 'error', messages: ['fails'] },
    { level: undefined, messages: ['says', 'warns', 'fails'] },
    { level: 'loud', messages: ['says', 'warns', 'fails'] },
  ];
  for (const { level, messages } of cases) {
    it(`writes ${messages.join(', ')} at level ${level ?? 'unset'}`, () => {
      assert.deepEqual(
        written(level).map(({ msg }) => msg),
        messages,
      );
    });
  }

  it('names the level by its word, and an error with its causes', () => {
    const line = written('error')[0];
    assert.equal(line?.['level'], 'error');
    const cause = { type: 'TypeError', message: 'inner' };
    assert.deepEqual(line['err'], { type: 'Error', message: 'outer', cause });
  });
});
