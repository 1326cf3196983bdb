import { setMaxListeners } from 'node:events';
import type { MachineState } from '@hypersdk/api/machine';
import { loadSpec } from '../machine/spec-store.ts';
import { jsonLog } from '../log.ts';
import { pathsFrom } from '../paths.ts';
import { runtimeFiles } from '../runtime-files.ts';
import { StateFeed } from '../state-feed.ts';
import { Supervisor } from '../supervisor.ts';
import type { TestPod } from './pod.ts';

/** Milliseconds. */
const PATIENCE = 120_000;

/** A launcher without a process and a server, which take the most time of its start: until its machine is as wished. */
export async function succeed(pod: TestPod, isMet: (state: MachineState) => boolean): Promise<void> {
  const paths = pathsFrom(pod.environment);
  const document = await loadSpec(paths.config, runtimeFiles(paths.runtime).spec);
  const feed = new StateFeed();
  const log = jsonLog({ name: 'successor', level: undefined, write: () => undefined });
  const supervisor = await Supervisor.create({ paths, document, feed, log });
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const running = supervisor.run(stop.signal);
  try {
    const state = await feed.until(isMet, AbortSignal.timeout(PATIENCE));
    if (!state || !isMet(state)) throw new Error(`the successor's last state is ${JSON.stringify(state)}`);
  } finally {
    stop.abort();
    await running;
  }
}
