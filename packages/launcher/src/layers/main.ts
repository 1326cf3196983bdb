/** The keeper: works on the layers of a machine's disks while its guest is off, and ends. */
import { LayersSpec, type LayersState } from '@hypersdk/api/machine';
import { pathsFrom } from '../pod/paths.ts';
import { work } from '../worker.ts';
import { keepLayers } from './keep-layers.ts';

const { images } = pathsFrom(process.env);
let current: LayersState = { phase: 'Working' };

await work<LayersSpec, LayersState>({
  name: 'layers',
  worker: 'keeper',
  schema: LayersSpec,
  perform: (spec, signal) => keepLayers(spec, { images, signal }),
  state: () => current,
  failure: 'LayersFailed',
  failed: (problem) => ({ phase: 'Failed', problem }),
  ended: (state) => {
    current = state;
    process.stdout.write(JSON.stringify(state) + '\n');
  },
});
