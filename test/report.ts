/** A reporter for node:test that answers one JSON document, so that nobody has to parse what people read. */
import type { EventData } from 'node:test';
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
  /** Why it failed. */
  readonly error?: string;
}

export default async function* reporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const timed: TimedTest[] = [];
  for await (const event of source) {
    if (event.type === 'test:pass' || event.type === 'test:fail') timed.push(...timedTest(event.data));
    // One summary a file, and in the end one of them all.
    if (event.type !== 'test:summary' || event.data.file !== undefined) continue;
    const { tests, passed, skipped, todo } = event.data.counts;
    const failed = tests - passed - skipped - todo;
    const report: Report = { passed, failed, skipped: skipped + todo, tests: timed };
    yield JSON.stringify(report);
  }
}

/** Of a suite only what failed outside of its tests. */
function timedTest({ name, file = '', details }: EventData.TestPass | EventData.TestFail): TimedTest[] {
  const error = 'error' in details ? reason(details.error) : undefined;
  if (details.type === 'suite' && error === undefined) return [];
  return [{ file, name, seconds: details.duration_ms / 1000, ...(error !== undefined && { error }) }];
}

/** The runner's own error says only that a test failed, and its cause why; none where only those within have failed. */
function reason(error: Error): string | undefined {
  if ('failureType' in error && error.failureType === 'subtestsFailed') return undefined;
  return error.cause instanceof Error ? error.cause.message : error.message;
}
