/** The copier: makes the disks of a clone of another VM's, and ends. */
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CopySpec, type CopyState, LAUNCHER_PORT } from '@hypersdk/api/machine';
import { pathsFrom } from '../paths.ts';
import { messageOf, ProblemError, TransientError } from '../problem.ts';
import { copyDisks } from './copy-disks.ts';

/** Exit codes. 75 is EX_TEMPFAIL of sysexits.h: the same copy may succeed later. */
const PERMANENT = 1;
const TEMPORARY = 75;

const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    stopping.abort(new Error('the copier was told to end'));
  });
}

const paths = pathsFrom(process.env);
let current: CopyState = { phase: 'Copying', progress: 0 };
await serveState();
const { state, code } = await run();
current = state;
process.stdout.write(JSON.stringify(state) + '\n');
await writeFile(process.env['TERMINATION_LOG'] ?? '/dev/termination-log', JSON.stringify(state));
process.exit(code);

async function run(): Promise<{ state: CopyState; code: number }> {
  try {
    const spec = specFrom(process.env['COPY_SPEC']);
    const report = (next: CopyState): void => {
      current = next;
    };
    const { signal } = stopping;
    return { state: await copyDisks(spec, { images: paths.images, signal, report }), code: 0 };
  } catch (error) {
    const { problem, code } = verdict(error);
    return { state: { phase: 'Failed', progress: current.progress, problem }, code };
  }
}

function specFrom(text = ''): CopySpec {
  try {
    return CopySpec.parse(JSON.parse(text));
  } catch (cause) {
    const message = `COPY_SPEC is no copy spec: ${messageOf(cause)}`;
    throw new ProblemError({ reason: 'InvalidSpec', message }, { cause });
  }
}

function verdict(error: unknown): { problem: NonNullable<CopyState['problem']>; code: number } {
  if (error instanceof ProblemError) return { problem: error.problem, code: PERMANENT };
  if (error instanceof TransientError) return { problem: error.problem, code: TEMPORARY };
  return { problem: { reason: 'CopyFailed', message: messageOf(error) }, code: TEMPORARY };
}

/** `GET /copy` over mTLS where the operator has mounted certificates. */
async function serveState(): Promise<void> {
  const mounted = await access(join(paths.config, 'tls.crt')).then(
    () => true,
    () => false,
  );
  if (!mounted) return;
  const { sendJson, startServer } = await import('../server.ts');
  const { readCertificates } = await import('../certificates.ts');
  const port = Number(process.env['HYPERSDK_PORT'] ?? LAUNCHER_PORT);
  await startServer({
    ...{ certificates: await readCertificates(paths.config), port },
    handler: (request, response) => {
      if (request.method === 'GET' && request.url === '/copy') sendJson(response, 200, current);
      else sendJson(response, 404, { message: `no route ${request.method} ${request.url}` });
      return Promise.resolve();
    },
  });
}
