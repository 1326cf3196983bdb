import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { timetable } from './timetable.ts';

const BERLIN = 'Europe/Berlin';

interface Row {
  readonly when: string;
  readonly schedule: string;
  readonly timeZone?: string;
  readonly at: string;
  readonly last: string | undefined;
  readonly next: string | undefined;
}

const rows: Row[] = [
  {
    ...{ when: 'its very time has come', schedule: '0 3 * * *', at: '2026-01-02T03:00:00.000Z' },
    ...{ last: '2026-01-02T03:00:00.000Z', next: '2026-01-03T03:00:00.000Z' },
  },
  {
    ...{ when: 'its time comes in a millisecond', schedule: '0 3 * * *', at: '2026-01-02T02:59:59.999Z' },
    ...{ last: '2026-01-01T03:00:00.000Z', next: '2026-01-02T03:00:00.000Z' },
  },
  {
    ...{
      when: 'its time is that of a zone',
      schedule: '@daily',
      timeZone: BERLIN,
      at: '2026-07-01T12:00:00Z',
    },
    ...{ last: '2026-06-30T22:00:00.000Z', next: '2026-07-01T22:00:00.000Z' },
  },
  {
    when: 'its time of day is skipped when clocks go forward, it comes just after',
    ...{ schedule: '30 2 * * *', timeZone: BERLIN, at: '2026-03-29T00:59:00Z' },
    ...{ last: '2026-03-28T01:30:00.000Z', next: '2026-03-29T01:00:00.000Z' },
  },
  {
    when: 'its time of day comes twice when clocks go back, it comes once',
    ...{ schedule: '30 2 * * *', timeZone: BERLIN, at: '2026-10-25T01:31:00Z' },
    ...{ last: '2026-10-25T00:30:00.000Z', next: '2026-10-26T01:30:00.000Z' },
  },
  {
    ...{ when: 'it is for leap years', schedule: '0 0 29 2 *', at: '2026-01-02T00:00:00Z' },
    ...{ last: '2024-02-29T00:00:00.000Z', next: '2028-02-29T00:00:00.000Z' },
  },
  {
    ...{ when: 'no year has its day', schedule: '0 0 30 2 *', at: '2026-01-02T00:00:00Z' },
    ...{ last: undefined, next: undefined },
  },
];

const problems = [
  { schedule: '0 25 * * *', timeZone: 'Etc/UTC', problem: /^spec\.schedule: .*25/ },
  { schedule: '* * * * * *', timeZone: 'Etc/UTC', problem: /^spec\.schedule: .*5 parts/ },
  { schedule: '0 3 * * *', timeZone: 'Mars/Base', problem: /^spec\.timeZone: .*Mars\/Base/ },
];

describe('a timetable', () => {
  for (const { when, schedule, timeZone = 'Etc/UTC', at, last, next } of rows) {
    it(`tells the last and the next time when ${when}`, () => {
      const times = timetable({ schedule, timeZone });
      assert.ok('nextAfter' in times);
      const found = [times.lastUntil(new Date(at)), times.nextAfter(new Date(at))];
      assert.deepEqual(
        found.map((time) => time?.toISOString()),
        [last, next],
      );
    });
  }
  for (const { schedule, timeZone, problem } of problems) {
    it(`names what is wrong with ${schedule} in ${timeZone}`, () => {
      const times = timetable({ schedule, timeZone });
      assert.ok('problem' in times);
      assert.match(times.problem, problem);
    });
  }
});
