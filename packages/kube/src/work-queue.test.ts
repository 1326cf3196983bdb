import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { WorkQueue } from './work-queue.ts';

describe('a work queue', () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    mock.method(Math, 'random', () => 0);
  });
  afterEach(() => {
    mock.reset();
  });

  it('hands out a key once however often it was added', async () => {
    const queue = new WorkQueue();
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
    assert.equal(queue.size, 2);
    assert.deepEqual([await queue.get(), await queue.get()], ['a', 'b']);
    assert.equal(queue.size, 0);
  });

  it('never hands out a key that is being worked on, but hands it out again after', async () => {
    const queue = new WorkQueue();
    queue.add('a');
    assert.equal(await queue.get(), 'a');
    queue.add('a');
    queue.add('a');
    assert.equal(queue.size, 0);
    const next = queue.get();
    queue.done('a');
    assert.equal(await next, 'a');
    queue.done('a');
    assert.equal(queue.size, 0, 'once only');
  });

  it('knows how long its oldest key waits and is worked on', async () => {
    const queue = new WorkQueue();
    assert.deepEqual([queue.longestWait, queue.longestWork], [0, 0]);
    queue.add('a');
    assert.ok(queue.longestWait > 0);
    await queue.get();
    assert.equal(queue.longestWait, 0);
    assert.ok(queue.longestWork > 0);
    queue.done('a');
    assert.equal(queue.longestWork, 0);
  });

  it('serves those who wait in the order they came', async () => {
    const queue = new WorkQueue();
    const waiting = [queue.get(), queue.get()];
    queue.add('a');
    queue.add('b');
    assert.deepEqual(await Promise.all(waiting), ['a', 'b']);
  });

  it('adds after a time, and the earlier of two wishes counts', () => {
    const queue = new WorkQueue();
    queue.addAfter('a', 1000);
    queue.addAfter('a', 100);
    queue.addAfter('a', 500);
    mock.timers.tick(99);
    assert.equal(queue.size, 0);
    mock.timers.tick(1);
    assert.equal(queue.size, 1);
  });

  it('asks no timer for more than it can hold, as it would fire at once', () => {
    const setTimeout = mock.method(globalThis, 'setTimeout');
    const queue = new WorkQueue();
    queue.addAfter('a', 365 * 86_400_000);
    assert.equal(setTimeout.mock.calls[0]?.arguments[1], 2 ** 31 - 1);
    queue.shutDown();
  });

  it('backs off twice as long each time, up to a limit, for one key alone, until it forgets', async () => {
    const queue = new WorkQueue({ backoff: { initial: 5, max: 30 } });
    for (const delay of [5, 10, 20, 30, 30]) {
      assert.equal(await delayOf(queue, 'bad'), delay);
    }
    assert.equal(await delayOf(queue, 'other'), 5);
    assert.equal(queue.failures('bad'), 5);
    queue.forget('bad');
    assert.equal(await delayOf(queue, 'bad'), 5);
  });

  it('takes up to half of a back-off away at random', async () => {
    mock.method(Math, 'random', () => 1);
    assert.equal(await delayOf(new WorkQueue({ backoff: { initial: 100, max: 1000 } }), 'a'), 50);
  });

  it('lets a waiter go when its signal aborts, without losing a key', async () => {
    const queue = new WorkQueue();
    const controller = new AbortController();
    const left = queue.get(controller.signal);
    controller.abort();
    assert.equal(await left, undefined);
    queue.add('a');
    assert.equal(await queue.get(), 'a');
  });

  it('drops what waits when it shuts down, and takes no more', async () => {
    const queue = new WorkQueue();
    const waiting = queue.get();
    queue.addAfter('later', 10);
    queue.shutDown();
    assert.equal(await waiting, undefined);
    queue.add('a');
    mock.timers.tick(10);
    assert.equal(queue.size, 0);
    assert.equal(await queue.get(), undefined);
  });

  it('tells its metrics', async () => {
    const seen: string[] = [];
    const queue = new WorkQueue({
      metrics: {
        depth: (keys) => seen.push(`depth ${keys}`),
        waited: () => seen.push('waited'),
        worked: () => seen.push('worked'),
        retried: () => seen.push('retried'),
      },
    });
    queue.add('a');
    await queue.get();
    queue.addRateLimited('a');
    queue.done('a');
    assert.deepEqual(seen, ['depth 1', 'depth 0', 'waited', 'retried', 'worked']);
  });
});

/** Milliseconds until the key, added rate limited now, is handed out. */
async function delayOf(queue: WorkQueue, key: string): Promise<number> {
  queue.addRateLimited(key);
  let delay = 0;
  for (; queue.size === 0 && delay < 1000; delay++) mock.timers.tick(1);
  assert.equal(await queue.get(), key);
  queue.done(key);
  return delay;
}
