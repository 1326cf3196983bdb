/**
 * Runs the test suites that are named, or all, starts what they need and takes it down again.
 * Usage: node test/run.ts [--instance NAME] [--keep] [--only WORD]... [unit] [apiserver] [qemu] [e2e]
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { lockInstance, stopCluster } from './cluster/cluster.ts';
import { REPOSITORY } from './cluster/instance.ts';
import { line } from './cluster/progress.ts';
import type { Report } from './report.ts';
import { chosenStrikes, strikesEnvironment, toldStrikes } from './strikes.ts';
import { startClock } from './suite-clock.ts';
import { batches, suiteNames, suites } from './suites.ts';
import type { Batch, SuiteName } from './suites.ts';
import { summary } from './summary.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    instance: { type: 'string', default: 'test' },
    /** Leaves what was started, so that the next run need not wait for it. */
    keep: { type: 'boolean', default: false },
    /** Runs only the test files with one of these words in their path. */
    only: { type: 'string', multiple: true, default: [] },
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
/** Half of what a short process takes is reading TypeScript that has not changed. */
const COMPILED = join(REPOSITORY, 'node_modules/.cache/compiled');
const NOTHING: Report = { passed: 0, failed: 0, skipped: 0, tests: [] };

const strikes = chosenStrikes(process.env);
line(toldStrikes(strikes));
const reports: Report[] = [];
for (const name of wantedSuites()) {
  if (!interrupted.signal.aborted) reports.push(await runSuite(name));
}
const total = sum(reports);
process.stdout.write(`\n${summary(total)}\n`);
if (total.failed > 0 || total.passed === 0 || interrupted.signal.aborted) process.exitCode = 1;

/** A suite that cannot start, or that runs no test at all, counts as one that failed. */
async function runSuite(name: SuiteName): Promise<Report> {
  const planned = await batches(suites[name], values.only);
  if (values.only.length > 0 && planned.length === 0) return NOTHING;
  line(`\n${name}`);
  const clock = startClock();
  let report = NOTHING;
  try {
    if (!values.keep) await removeLeftovers(name);
    const environment = await suites[name].prepare(values.instance);
    for (const batch of planned) {
      report = sum([report, await runTests(name, batch, environment)]);
    }
    if (report.passed + report.failed > 0) return report;
    line(`The suite "${name}" ran no test`);
  } catch (error) {
    line(error instanceof Error ? error.message : String(error));
  } finally {
    if (!values.keep) await removeLeftovers(name);
    line(`${name} ${clock()}`);
  }
  return sum([report, { ...NOTHING, failed: 1 }]);
}

async function runTests(name: SuiteName, batch: Batch, environment: Record<string, string>): Promise<Report> {
  const directory = await mkdtemp(join(tmpdir(), 'hypersdk-test-'));
  const report = join(directory, 'report.json');
  try {
    await execa(process.execPath, ['--test', ...options(batch, report), ...batch.files], {
      cwd: REPOSITORY,
      env: { NODE_COMPILE_CACHE: COMPILED, ...strikesEnvironment(strikes), ...environment },
      stdio: 'inherit',
      reject: false,
      cancelSignal: interrupted.signal,
      timeout: suites[name].minutes * 60_000,
      forceKillAfterDelay: 20_000,
    });
    // Ours: test/report.ts wrote it.
    return JSON.parse(await readFile(report, 'utf8')) as Report;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function options({ concurrency }: Batch, report: string): string[] {
  return [
    // Node's own default leaves one processor idle, of two half of them.
    `--test-concurrency=${concurrency}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(import.meta.dirname, 'report.ts')}`,
    `--test-reporter-destination=${report}`,
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

function sum(all: readonly Report[]): Report {
  const total = (key: 'passed' | 'failed' | 'skipped') => all.reduce((result, item) => result + item[key], 0);
  return {
    passed: total('passed'),
    failed: total('failed'),
    skipped: total('skipped'),
    tests: all.flatMap((report) => report.tests),
  };
}
