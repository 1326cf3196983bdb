import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Journal, parseLine, type Entry } from './journal.ts';

const entries = (...lines: readonly string[]): Entry[] =>
  lines.map((line) => {
    const [pod = '', ...said] = line.split(': ');
    const entry = parseLine(pod, `2026-01-02T03:04:05.678901234Z stdout F ${said.join(': ')}\r`);
    assert.ok(entry, line);
    return entry;
  });

function violationsOf(all: readonly Entry[]): readonly string[] {
  const journal = new Journal();
  for (const entry of all) journal.read(entry);
  return journal.violations;
}

const rows = [
  {
    when: 'a guest moves, dies and is started again',
    lines: ['a: FOUND 0 LIFE 1 RUN 0.', 'a: KEPT 1 LIFE 1.', 'b: KEPT 2 LIFE 1.', 'c: FOUND 3 LIFE 2 RUN 3.'],
  },
  {
    when: 'an older journal is longer than the disk has room for',
    lines: ['a: FOUND 9000 LIFE 4 RUN 4096.', 'a: KEPT 9001 LIFE 4.'],
  },
  {
    when: 'two guests run from one memory',
    lines: ['a: KEPT 1 LIFE 1.', 'b: KEPT 2 LIFE 1.', 'a: KEPT 2 LIFE 1.'],
    expected: ['entry 2 was kept by b in life 1, and by a in life 1'],
  },
  {
    when: 'a guest is started from a disk that lacks what was kept',
    lines: ['a: KEPT 7 LIFE 1.', 'b: FOUND 6 LIFE 2 RUN 6.', 'b: KEPT 7 LIFE 2.'],
    expected: [
      'entry 7, kept by a in life 1, is lost: b in life 2 found 6',
      'entry 7 was kept by a in life 1, and by b in life 2',
    ],
  },
  {
    when: 'a write in the middle did not get to the other disk',
    lines: ['a: KEPT 7 LIFE 1.', 'b: FOUND 9 LIFE 2 RUN 3.'],
    expected: ['b in life 2 found only 3 entries up to 9'],
  },
];

describe('the journal of a guest', () => {
  for (const { when, lines, expected = [] } of rows) {
    it(`${expected.length > 0 ? 'tells' : 'is well'} when ${when}`, () => {
      assert.deepEqual(violationsOf(entries(...lines)), expected);
    });
  }

  it('tells a loss also where the word of the pod before comes last', () => {
    const [kept, found] = entries('a: KEPT 7 LIFE 1.', 'b: FOUND 6 LIFE 2 RUN 6.');
    assert.ok(kept && found);
    const expected = ['entry 7, kept by a in life 1, is lost: b in life 2 found 6'];
    assert.deepEqual(violationsOf([found, kept]), expected);
  });

  it('counts no line that was cut off', () => {
    assert.equal(parseLine('a', '2026-01-02T03:04:05Z stdout F KEPT 1234 LIFE 1'), undefined);
    assert.equal(parseLine('a', '2026-01-02T03:04:05Z stdout F tick 3 4.5'), undefined);
  });
});
