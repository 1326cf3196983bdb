/** A reporter for node:test that answers one JSON document, so that nobody has to parse what people read. */
import type { TestEvent } from 'node:test/reporters';

/** How many tests there were, suites not counted, and how long each took. */
export interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly tests: readonly TimedTest[];
}

export interface TimedTest {
  readonly file: string;
  readonly name: string;
  readonly seconds: number;
}

export default async function* reporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const timed: TimedTest[] = [];
  for await (const event of source) {
    if (event.type === 'test:pass' || event.type === 'test:fail') {
      const { name, file = '', details } = event.data;
      if (details.type !== 'suite') timed.push({ file, name, seconds: details.duration_ms / 1000 });
    }
    // One summary a file, and in the end one of them all.
    if (event.type !== 'test:summary' || event.data.file !== undefined) continue;
    const { tests, passed, skipped, todo } = event.data.counts;
    const failed = tests - passed - skipped - todo;
    const report: Report = { passed, failed, skipped: skipped + todo, tests: timed };
    yield JSON.stringify(report);
  }
}
