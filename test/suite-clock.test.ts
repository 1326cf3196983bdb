import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startClock } from './suite-clock.ts';

it('tells how long a suite took and how busy the processors were', () => {
  assert.match(startClock()(), /^took 0\.0 min, processors \d{1,3} % busy$/);
});
