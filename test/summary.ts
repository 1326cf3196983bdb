import { basename } from 'node:path';
import type { Report, TimedTest } from './report.ts';

const SLOWEST = 10;
/** Of a message; the whole of it stands where the test ran. */
const LINES = 12;

/** What is read first of a long run, at its very end: the slowest tests, why tests failed, and how many there were. */
export function summary({ passed, failed, skipped, tests }: Report): string {
  const slowest = [...tests].sort((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
  return [
    ['The slowest tests:', ...slowest.map(row)].join('\n'),
    ...tests.flatMap(failure),
    `${passed} passed, ${failed} failed, ${skipped} skipped`,
  ].join('\n\n');
}

const row = ({ seconds, file, name }: TimedTest): string =>
  `${seconds.toFixed(1).padStart(7)} s  ${basename(file)}: ${name}`;

function failure({ error, file, name }: TimedTest): string[] {
  if (error === undefined) return [];
  const message = error.split('\n').slice(0, LINES);
  return [[`Failed: ${basename(file)}: ${name}`, ...message.map((text) => `  ${text}`)].join('\n')];
}
