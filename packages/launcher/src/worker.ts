/** A worker: the program of a pod that does one job, tells how far it is, and says in its end how it went. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LAUNCHER_PORT, type MachineProblem } from '@hypersdk/api/machine';
import { exists } from './files/exists.ts';
import { pathsFrom } from './pod/paths.ts';
import { messageOf, ProblemError, TransientError } from './problem.ts';

/** Exit codes. 75 is EX_TEMPFAIL of sysexits.h: the same job may succeed later. */
const PERMANENT = 1;
const TEMPORARY = 75;

export interface Job<Spec, State extends object> {
  /** Its spec is JSON in `<NAME>_SPEC`, its state is served at `/<name>`. */
  readonly name: string;
  /** Who does it, for people. */
  readonly worker: string;
  readonly schema: { parse(value: unknown): Spec };
  readonly perform: (spec: Spec, signal: AbortSignal) => Promise<State>;
  /** How far it is. */
  readonly state: () => State;
  readonly failed: (problem: MachineProblem) => State;
  /** Reason of a failure that names none. */
  readonly failure: string;
  /** Puts the last state into the log. */
  readonly ended: (state: State) => void;
}

/** Ends the process: with 0 when the job is done, else with a code that says whether another try makes sense. */
export async function work<Spec, State extends object>(job: Job<Spec, State>): Promise<never> {
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      stopping.abort(new Error(`the ${job.worker} was told to end`));
    });
  }
  // Beside the work, which may be done before anybody asks. Where it cannot be served, the process ends by that.
  void serveState(job);
  const { state, code } = await run(job, stopping.signal);
  job.ended(state);
  await writeFile(process.env['TERMINATION_LOG'] ?? '/dev/termination-log', JSON.stringify(state));
  process.exit(code);
}

async function run<Spec, State extends object>(
  job: Job<Spec, State>,
  signal: AbortSignal,
): Promise<{ state: State; code: number }> {
  try {
    return { state: await job.perform(specOf(job), signal), code: 0 };
  } catch (error) {
    const { problem, code } = verdict(error, job.failure);
    return { state: job.failed(problem), code };
  }
}

function specOf<Spec>({ name, schema }: Pick<Job<Spec, object>, 'name' | 'schema'>): Spec {
  const variable = `${name.toUpperCase()}_SPEC`;
  try {
    return schema.parse(JSON.parse(process.env[variable] ?? ''));
  } catch (cause) {
    const message = `${variable} is no ${name} spec: ${messageOf(cause)}`;
    throw new ProblemError({ reason: 'InvalidSpec', message }, { cause });
  }
}

function verdict(error: unknown, reason: string): { problem: MachineProblem; code: number } {
  if (error instanceof ProblemError) return { problem: error.problem, code: PERMANENT };
  if (error instanceof TransientError) return { problem: error.problem, code: TEMPORARY };
  return { problem: { reason, message: messageOf(error) }, code: TEMPORARY };
}

/** Over mTLS, where the operator has mounted certificates. */
async function serveState({ name, state }: Pick<Job<never, object>, 'name' | 'state'>): Promise<void> {
  const { config } = pathsFrom(process.env);
  if (!(await exists(join(config, 'tls.crt')).catch(() => false))) return;
  const { sendJson, startServer } = await import('./http/server.ts');
  const { readCertificates } = await import('./http/certificates.ts');
  const port = Number(process.env['HYPERSDK_PORT'] ?? LAUNCHER_PORT);
  await startServer({
    ...{ certificates: await readCertificates(config), port },
    handler: (request, response) => {
      if (request.method === 'GET' && request.url === `/${name}`) sendJson(response, 200, state());
      else sendJson(response, 404, { message: `no route ${request.method} ${request.url}` });
      return Promise.resolve();
    },
  });
}
