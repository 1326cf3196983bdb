/** Lives in this process, which take the steps of those who live them. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Life } from './life.ts';
import { watchSteps } from './steps.ts';

const lives = new AsyncLocalStorage<Life>();
await watchSteps(() => lives.getStore());

/** All that is begun within the work is of that life. Undefined where it dies; then the work never comes to its end. */
export function lived<T>(life: Life, work: () => Promise<T>): Promise<T | undefined> {
  const { promise: death, resolve } = Promise.withResolvers<undefined>();
  life.over.addEventListener('abort', () => {
    resolve(undefined);
  });
  return Promise.race([lives.run(life, work), death]);
}
