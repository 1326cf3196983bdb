/** The attacher: serves one disk to one running VM, for as long as its pod stands. */
import { AttachSpec, type AttachState } from '@hypersdk/api/machine';
import { pathsFrom } from '../pod/paths.ts';
import { work } from '../worker.ts';
import { serveDisk } from './serve-disk.ts';

const paths = pathsFrom(process.env);
let current: AttachState = { phase: 'Preparing' };

const report = (state: AttachState): void => {
  current = state;
  process.stdout.write(JSON.stringify(state) + '\n');
};

await work<AttachSpec, AttachState>({
  name: 'attach',
  worker: 'attacher',
  schema: AttachSpec,
  perform: (spec, signal) => serveDisk(spec, { paths, signal, report }),
  state: () => current,
  failure: 'AttachFailed',
  failed: (problem) => ({ phase: 'Failed', problem }),
  ended: report,
});
