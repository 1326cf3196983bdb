import { LAUNCHER_PORT, LAUNCHER_READINESS_PORT } from '@hypersdk/api/machine';
import { jsonLog } from './log.ts';
import { loadSpec } from './machine/spec-store.ts';
import { pathsFrom } from './pod/paths.ts';
import { runtimeFiles } from './pod/runtime-files.ts';
import { StateFeed } from './http/state-feed.ts';
import { Supervisor } from './supervisor.ts';
import { writeTerminationLog } from './pod/termination-log.ts';
import { timeToLeave, TOLD_TO_END } from './time-to-leave.ts';

/** Milliseconds. */
const LISTEN_AFTER = 300;

const log = jsonLog({
  name: 'launcher',
  level: process.env['LOG_LEVEL'],
  write: (line) => process.stdout.write(line),
});
const paths = pathsFrom(process.env);
const port = (name: string, standard: number): number => Number(process.env[name] ?? standard);

const files = runtimeFiles(paths.runtime);
// Ends the launcher and never the guest: kubelet sends SIGTERM on an upgrade of this container, too.
const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void timeToLeave(files).finally(() => {
      stopping.abort();
    });
  });
}

const feed = new StateFeed();
const document = await loadSpec(paths.config, files.spec);
const supervisor = await Supervisor.create({ paths, document, feed, log });
const supervising = supervisor.run(stopping.signal);

// TLS takes tens of milliseconds to load, which a guest need not wait for; a long copy's watchers need not either.
await feed.until(({ phase }) => phase !== 'Preparing', AbortSignal.timeout(LISTEN_AFTER));
const { startListeners } = await import('./listeners.ts');
const listeners = await startListeners({
  ...{ paths, feed, supervisor, log },
  signal: stopping.signal,
  port: port('HYPERSDK_PORT', LAUNCHER_PORT),
  readinessPort: port('HYPERSDK_READINESS_PORT', LAUNCHER_READINESS_PORT),
});
const { spec } = document;
log.info({ ...listeners, epoch: spec.epoch, machine: `${spec.namespace}/${spec.name}` }, 'launcher is up');

const isOver = await supervising;
await writeTerminationLog(process.env['TERMINATION_LOG'] ?? '/dev/termination-log', feed.current);
// Kubelet starts us again unless all is over, and ends the pod when all of its containers say that it is.
process.exit(isOver ? 0 : TOLD_TO_END);
