import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { StateError } from './errors.ts';
import { EventLog } from './event-log.ts';
import { streamEvents } from './event-stream.ts';
import { waitForEvent } from './event-waiter.ts';
import type { EventName, QmpEvent } from './types.ts';

const timestamp = { seconds: 0, microseconds: 0 };
const event = (name: EventName): QmpEvent => ({ event: name, data: {}, timestamp }) as QmpEvent;

function listenTo(log: EventLog, since = log.mark()): { heard: string[]; stop: () => void } {
  const heard: string[] = [];
  const stop = log.listen(
    { onEvent: ({ event: name }) => heard.push(name), onClosed: () => undefined },
    since,
  );
  return { heard, stop };
}

/** Knows how many listen to it. */
class CountedLog extends EventLog {
  listening = 0;

  override listen(...parameters: Parameters<EventLog['listen']>): () => void {
    const stop = super.listen(...parameters);
    this.listening += 1;
    return () => {
      this.listening -= 1;
      stop();
    };
  }
}

describe('EventLog', () => {
  it('gives each listener what came since its own mark', () => {
    const log = new EventLog();
    log.record(event('STOP'));
    const mark = log.mark();
    log.record(event('RESUME'));
    const [late, marked] = [listenTo(log), listenTo(log, mark)];
    log.record(event('RESET'));
    late.stop();
    log.record(event('POWERDOWN'));
    assert.deepEqual(late.heard, ['RESET']);
    assert.deepEqual(marked.heard, ['RESUME', 'RESET', 'POWERDOWN']);
  });

  it('does not call a listener that another one has just stopped', () => {
    const log = new EventLog();
    const onClosed = (): void => undefined;
    log.listen({
      onEvent: () => {
        second.stop();
      },
      onClosed,
    });
    const second = listenTo(log);
    log.record(event('STOP'));
    assert.deepEqual(second.heard, []);
  });

  it('refuses a mark whose events it has forgotten', () => {
    const log = new EventLog();
    const old = log.mark();
    log.record(event('STOP'));
    const recent = log.mark();
    for (let count = 0; count < 4096; count += 1) log.record(event('RESUME'));
    assert.equal(listenTo(log, recent).heard.length, 4096);
    assert.throws(() => listenTo(log, old), StateError);
  });

  it('refuses a mark of another connection', () => {
    assert.throws(() => listenTo(new EventLog(), new EventLog().mark()), StateError);
  });
});

describe('whoever listens to an EventLog', () => {
  it('stops when its wait is over, however that ends', async () => {
    const log = new CountedLog();
    const waits = [waitForEvent(log, 'STOP'), waitForEvent(log, 'RESUME', { timeout: 1 })];
    assert.equal(log.listening, 2);
    log.record(event('STOP'));
    await Promise.allSettled(waits);
    assert.equal(log.listening, 0);
  });

  it('stops when the reader of a stream leaves', async () => {
    const log = new CountedLog();
    const events = streamEvents(log, {});
    log.record(event('STOP'));
    for await (const _ of events) break;
    // Node closes a stream on the next tick.
    await setImmediate();
    assert.equal(log.listening, 0);
  });
});
