/** Launchers in this process, without a server: a process and a server take the most time of a start. */
import { setMaxListeners } from 'node:events';
import type { MachineState } from '@hypersdk/api/machine';
import { loadSpec } from '../machine/spec-store.ts';
import { jsonLog } from '../log.ts';
import { pathsFrom } from '../pod/paths.ts';
import { runtimeFiles } from '../pod/runtime-files.ts';
import { StateFeed } from '../http/state-feed.ts';
import { Supervisor } from '../supervisor.ts';
import type { Life } from './life.ts';
import { lived } from './lives.ts';
import type { TestPod } from './pod.ts';
import { PATIENCE } from './patience.ts';

type IsMet = (state: MachineState) => boolean;

/** One that lives until its machine is as wished, and then stops. */
export function liveLauncher(pod: TestPod, isMet: IsMet): Promise<MachineState> {
  return live(pod, isMet, AbortSignal.timeout(PATIENCE));
}

/** One that a blow may fall on, and, where it dies of that, its successor. */
export async function struckLauncher(pod: TestPod, isMet: IsMet, life: Life): Promise<MachineState> {
  const bounds = AbortSignal.any([life.over, AbortSignal.timeout(PATIENCE)]);
  return (await lived(life, () => live(pod, isMet, bounds))) ?? liveLauncher(pod, isMet);
}

async function live(pod: TestPod, isMet: IsMet, bounds: AbortSignal): Promise<MachineState> {
  const paths = pathsFrom(pod.environment);
  const document = await loadSpec(paths.config, runtimeFiles(paths.runtime).spec);
  const feed = new StateFeed();
  const log = jsonLog({ name: 'launcher', level: undefined, write: () => undefined });
  const supervisor = await Supervisor.create({ paths, document, feed, log });
  const met = new AbortController();
  const stop = AbortSignal.any([bounds, met.signal]);
  setMaxListeners(0, stop);
  const running = supervisor.run(stop);
  const state = await feed.until(isMet, bounds).finally(() => {
    met.abort();
  });
  await running;
  if (!state || !isMet(state)) throw new Error(`the launcher's last state is ${JSON.stringify(state)}`);
  return state;
}
