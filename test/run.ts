/**
 * Runs the test suites that are named, or all, starts what they need and takes it down again.
 * Usage: node test/run.ts [--instance NAME] [--keep] [unit] [apiserver] [qemu] [e2e]
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { lockInstance, stopCluster } from './cluster/cluster.ts';
import { REPOSITORY } from './cluster/instance.ts';
import { line } from './cluster/progress.ts';
import type { Counts } from './count-reporter.ts';
import { suiteNames, suites, testFiles } from './suites.ts';
import type { SuiteName } from './suites.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    instance: { type: 'string', default: 'test' },
    /** Leaves what was started, so that the next run need not wait for it. */
    keep: { type: 'boolean', default: false },
  },
});
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // Not `once`: execa ends this process when it finds no listener but its own.
  process.on(signal, () => {
    interrupted.abort(new Error(`Ended by ${signal}`));
  });
}

await using _ = await lockInstance(values.instance).catch((error: unknown) => {
  line(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
const results: Counts[] = [];
for (const name of wantedSuites()) {
  if (!interrupted.signal.aborted) results.push(await runSuite(name));
}
const { passed, failed, skipped } = sum(results);
process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
if (failed > 0 || interrupted.signal.aborted) process.exitCode = 1;

/** A suite that cannot start, or that runs no test at all, counts as one that failed. */
async function runSuite(name: SuiteName): Promise<Counts> {
  line(`\n${name}`);
  try {
    if (!values.keep) await removeLeftovers(name);
    const environment = await suites[name].prepare(values.instance);
    const counts = await runTests(name, environment);
    if (counts.passed + counts.failed > 0) return counts;
    line(`The suite "${name}" ran no test`);
  } catch (error) {
    line(error instanceof Error ? error.message : String(error));
  } finally {
    if (!values.keep) await removeLeftovers(name);
  }
  return { passed: 0, failed: 1, skipped: 0 };
}

async function runTests(name: SuiteName, environment: Record<string, string>): Promise<Counts> {
  const directory = await mkdtemp(join(tmpdir(), 'hypersdk-test-'));
  const counts = join(directory, 'counts.json');
  try {
    await execa(process.execPath, ['--test', ...options(name, counts), ...(await testFiles(suites[name]))], {
      cwd: REPOSITORY,
      env: environment,
      stdio: 'inherit',
      reject: false,
      cancelSignal: interrupted.signal,
      timeout: suites[name].minutes * 60_000,
      forceKillAfterDelay: 20_000,
    });
    // Ours: test/count-reporter.ts wrote it.
    return JSON.parse(await readFile(counts, 'utf8')) as Counts;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function options(name: SuiteName, counts: string): string[] {
  const { concurrency } = suites[name];
  return [
    ...(concurrency === undefined ? [] : [`--test-concurrency=${concurrency}`]),
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(import.meta.dirname, 'count-reporter.ts')}`,
    `--test-reporter-destination=${counts}`,
  ];
}

/** Also before the tests: what a killed run has left must not be taken for ours. */
async function removeLeftovers(name: SuiteName): Promise<void> {
  for (const instance of suites[name].instances(values.instance)) await stopCluster({ instance });
}

function wantedSuites(): SuiteName[] {
  const unknown = positionals.filter((text) => !suiteNames.some((name) => name === text));
  if (unknown.length > 0)
    throw new RangeError(`No such suite: ${unknown.join(', ')}; there are ${suiteNames.join(', ')}`);
  return suiteNames.filter((name) => positionals.length === 0 || positionals.includes(name));
}

function sum(counts: readonly Counts[]): Counts {
  const total = (key: keyof Counts) => counts.reduce((result, item) => result + item[key], 0);
  return { passed: total('passed'), failed: total('failed'), skipped: total('skipped') };
}
