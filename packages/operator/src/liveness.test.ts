import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAlive } from './liveness.ts';

const minutes = (count: number): number => count * 60_000;
const NOW = minutes(100);
const idle = { longestWork: 0, longestWait: 0 };
const heard = { activeAt: NOW - minutes(1) };

describe('an operator', () => {
  const rows = [
    { when: 'stands by, with no queue yet', queues: [], watches: [heard], alive: true },
    { when: 'has nothing to do', queues: [idle], watches: [heard], alive: true },
    { when: 'works on a key', queues: [{ ...idle, longestWork: minutes(1) }], watches: [heard], alive: true },
    { when: 'never comes to the end of a key', queues: [idle, { ...idle, longestWork: minutes(11) }], watches: [heard], alive: false }, // prettier-ignore
    { when: 'never begins with a key', queues: [{ ...idle, longestWait: minutes(11) }], watches: [heard], alive: false }, // prettier-ignore
    { when: 'has a watch that neither hears nor asks', queues: [idle], watches: [heard, { activeAt: NOW - minutes(11) }], alive: false }, // prettier-ignore
  ];
  for (const { when, alive, ...vitals } of rows) {
    it(`is ${alive ? 'alive' : 'to be restarted'} when it ${when}`, () => {
      assert.equal(isAlive(vitals, NOW), alive);
    });
  }
});
