/** The importer: brings an image into its golden volume, and ends. */
import { ImportSpec, UPLOAD_PORT, type ImportState } from '@hypersdk/api/machine';
import { pathsFrom } from '../pod/paths.ts';
import { work } from '../worker.ts';
import { importImage } from './import-image.ts';
import { ImportReport } from './import-report.ts';

/** Few, because the operator tries again with a pod of its own, where everybody can see it. */
const retries = { attempts: 3, firstDelay: 1_000, longestDelay: 10_000 };
const idleTimeout = 60_000;

const report = new ImportReport((line) => process.stdout.write(line));
const tell = (state: ImportState): void => {
  report.set(state);
};
const { credentials, config } = pathsFrom(process.env);
const upload = { identity: config, port: Number(process.env['HYPERSDK_UPLOAD_PORT'] ?? UPLOAD_PORT) };

await work<ImportSpec, ImportState>({
  name: 'import',
  worker: 'importer',
  schema: ImportSpec,
  perform: (spec, signal) =>
    importImage(spec, { signal, report: tell, retries, idleTimeout, credentials, upload }),
  state: () => report.state,
  failure: 'ImportFailed',
  failed: (problem) => {
    const { downloaded, total } = report.state;
    return { phase: 'Failed', downloaded, total, problem };
  },
  ended: tell,
});
