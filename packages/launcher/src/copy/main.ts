/** The copier: makes the disks of a clone of another VM's, and ends. */
import { CopySpec, type CopyState } from '@hypersdk/api/machine';
import { pathsFrom } from '../pod/paths.ts';
import { work } from '../worker.ts';
import { copyDisks } from './copy-disks.ts';

const paths = pathsFrom(process.env);
let current: CopyState = { phase: 'Copying', progress: 0 };

await work<CopySpec, CopyState>({
  name: 'copy',
  worker: 'copier',
  schema: CopySpec,
  perform: (spec, signal) =>
    copyDisks(spec, {
      ...{ images: paths.images, paths, signal },
      report: (state) => {
        current = state;
      },
    }),
  state: () => current,
  failure: 'CopyFailed',
  failed: (problem) => ({ phase: 'Failed', progress: current.progress, problem }),
  ended: (state) => {
    current = state;
    process.stdout.write(JSON.stringify(state) + '\n');
  },
});
