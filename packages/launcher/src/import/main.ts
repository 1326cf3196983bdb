import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ImportSpec, type ImportState, LAUNCHER_PORT } from '@hypersdk/api/machine';
import { messageOf, ProblemError, TransientError } from '../problem.ts';
import { pathsFrom } from '../paths.ts';
import { importImage } from './import-image.ts';
import { ImportReport } from './import-report.ts';

/** Exit codes. 75 is EX_TEMPFAIL of sysexits.h: the same import may succeed later. */
const PERMANENT = 1;
const TEMPORARY = 75;

/** Few, because the operator tries again with a pod of its own, where everybody can see it. */
const retries = { attempts: 3, firstDelay: 1_000, longestDelay: 10_000 };
const idleTimeout = 60_000;

const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    stopping.abort(new Error('the importer was told to end'));
  });
}

const report = new ImportReport((line) => process.stdout.write(line));
await serveState();
const { state, code } = await run();
report.set(state);
await writeFile(process.env['TERMINATION_LOG'] ?? '/dev/termination-log', JSON.stringify(state));
process.exit(code);

async function run(): Promise<{ state: ImportState; code: number }> {
  try {
    const spec = specFrom(process.env['IMPORT_SPEC']);
    const { signal } = stopping;
    const registrySecret = pathsFrom(process.env).registry;
    const onReport = (next: ImportState): void => {
      report.set(next);
    };
    const options = { signal, report: onReport, retries, idleTimeout, registrySecret };
    return { state: await importImage(spec, options), code: 0 };
  } catch (error) {
    const { problem, code } = verdict(error);
    const { downloaded, total } = report.state;
    return { state: { phase: 'Failed', downloaded, total, problem }, code };
  }
}

function specFrom(text = ''): ImportSpec {
  try {
    return ImportSpec.parse(JSON.parse(text));
  } catch (cause) {
    const message = `IMPORT_SPEC is no import spec: ${messageOf(cause)}`;
    throw new ProblemError({ reason: 'InvalidSpec', message }, { cause });
  }
}

function verdict(error: unknown): { problem: NonNullable<ImportState['problem']>; code: number } {
  if (error instanceof ProblemError) return { problem: error.problem, code: PERMANENT };
  if (error instanceof TransientError) return { problem: error.problem, code: TEMPORARY };
  return { problem: { reason: 'ImportFailed', message: messageOf(error) }, code: TEMPORARY };
}

/** `GET /import` over mTLS where the operator has mounted certificates. */
async function serveState(): Promise<void> {
  const { config } = pathsFrom(process.env);
  const mounted = await access(join(config, 'tls.crt')).then(
    () => true,
    () => false,
  );
  if (!mounted) return;
  const { sendJson, startServer } = await import('../server.ts');
  const { readCertificates } = await import('../certificates.ts');
  const port = Number(process.env['HYPERSDK_PORT'] ?? LAUNCHER_PORT);
  await startServer({
    ...{ certificates: await readCertificates(config), port },
    handler: (request, response) => {
      if (request.method === 'GET' && request.url === '/import') sendJson(response, 200, report.state);
      else sendJson(response, 404, { message: `no route ${request.method} ${request.url}` });
      return Promise.resolve();
    },
  });
}
