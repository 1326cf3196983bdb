import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { runController, TerminalError, type ControllerOptions } from './controller.ts';
import { DeadlineError } from './deadline.ts';
import { until } from './testing/until.ts';
import { WorkQueue } from './work-queue.ts';

describe('a controller', () => {
  let queue: WorkQueue;
  let stop: AbortController;
  let running: Promise<void> | undefined;
  let errors: unknown[];
  let outcomes: string[];

  beforeEach(() => {
    queue = new WorkQueue({ backoff: { initial: 1, max: 4 } });
    stop = new AbortController();
    errors = [];
    outcomes = [];
  });
  afterEach(async () => {
    stop.abort();
    await running;
  });

  const run = (reconcile: ControllerOptions['reconcile'], timeout = 5_000): void => {
    running = runController({
      name: 'test',
      queue,
      concurrency: 2,
      reconcile,
      onError: (error) => errors.push(error),
      signal: stop.signal,
      timeout,
      metrics: { reconciled: (_, outcome) => outcomes.push(outcome) },
    });
  };

  it('retries what fails until it succeeds, then forgets the failures', async () => {
    let attempts = 0;
    run(async () => {
      await Promise.resolve();
      if (++attempts < 4) throw new Error('not yet');
    });
    queue.add('a');
    await until('success', () => outcomes.length === 4);
    assert.deepEqual(outcomes, ['error', 'error', 'error', 'success']);
    assert.equal(errors.length, 3);
    assert.equal(queue.failures('a'), 0);
  });

  it('does not retry a terminal error, but does reconcile again when asked', async () => {
    run(() => Promise.reject(new TerminalError('never')));
    queue.add('a');
    await until('the first', () => outcomes.length === 1);
    queue.add('b');
    queue.add('a');
    await until('the others', () => outcomes.length === 3);
    assert.deepEqual(new Set(outcomes), new Set(['terminal-error']));
  });

  it('comes back after the time that a reconcile asks for', async () => {
    run(async () => {
      await Promise.resolve();
      return outcomes.length === 0 ? { requeueAfter: 20 } : undefined;
    });
    queue.add('a');
    await until('the second', () => outcomes.length === 2);
    assert.deepEqual(outcomes, ['requeue-after', 'success']);
  });

  it('never works on one key twice at once', async () => {
    let current = 0;
    let most = 0;
    let calls = 0;
    run(async () => {
      most = Math.max(most, ++current);
      calls++;
      queue.add('a');
      await new Promise(setImmediate);
      current--;
    });
    queue.add('a');
    await until('many calls', () => calls > 20);
    assert.equal(most, 1);
  });

  it('works on other keys while bad ones fail, hang or ignore their signal', async () => {
    const done = new Set<string>();
    run(async (key, signal) => {
      if (key === 'fails') throw new Error('always');
      if (key === 'hangs')
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        });
      if (key.startsWith('deaf')) await new Promise(() => undefined);
      done.add(key);
    }, 20);
    for (const key of ['fails', 'hangs', 'deaf-1', 'deaf-2', 'good-1', 'good-2']) queue.add(key);
    await until('the good ones', () => done.size === 2);
    assert.ok(errors.some((error) => error instanceof DeadlineError));
    running = undefined;
  });

  it('keeps a key that ignores its signal to itself until it settles', async () => {
    const deaf: PromiseWithResolvers<void> = Promise.withResolvers();
    let calls = 0;
    run(async () => {
      if (++calls === 1) await deaf.promise;
    }, 10);
    queue.add('a');
    await until('it is given up', () => errors.length === 1);
    queue.add('a');
    assert.equal(calls, 1);
    deaf.resolve();
    await until('the second', () => calls === 2);
  });

  it('tells the reconcile under way to stop at shutdown, and waits for it', async () => {
    const stopped: PromiseWithResolvers<void> = Promise.withResolvers();
    let isDone = false;
    run(async (_, signal) => {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
        stopped.resolve();
      });
      await new Promise(setImmediate);
      isDone = true;
      throw signal.reason as Error;
    });
    queue.add('a');
    await stopped.promise;
    stop.abort();
    await running;
    assert.ok(isDone);
    assert.deepEqual([outcomes, errors], [['aborted'], []]);
  });
});
