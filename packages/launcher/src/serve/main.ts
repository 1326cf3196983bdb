/** The disk server: lets one copier of another namespace read the disks of a VM, for as long as its pod stands. */
import { ServeSpec, type AttachState } from '@hypersdk/api/machine';
import { pathsFrom } from '../pod/paths.ts';
import { work } from '../worker.ts';
import { serveDisks } from './serve-disks.ts';

const paths = pathsFrom(process.env);
let current: AttachState = { phase: 'Preparing' };

const report = (state: AttachState): void => {
  current = state;
  process.stdout.write(JSON.stringify(state) + '\n');
};

await work<ServeSpec, AttachState>({
  name: 'serve',
  worker: 'disk server',
  schema: ServeSpec,
  perform: (spec, signal) => serveDisks(spec, { paths, signal, report }),
  state: () => current,
  failure: 'ServeFailed',
  failed: (problem) => ({ phase: 'Failed', problem }),
  ended: report,
});
