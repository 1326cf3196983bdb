import { glob } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensureQemu } from '../images/qemu.ts';
import { binary, buildBinaries } from './cluster/binaries.ts';
import { startControlPlane } from './cluster/cluster.ts';
import { REPOSITORY } from './cluster/instance.ts';
import { startTestCluster } from './test-cluster.ts';

export const suiteNames = ['unit', 'apiserver', 'qemu', 'e2e'] as const;
export type SuiteName = (typeof suiteNames)[number];

export interface Suite {
  readonly patterns: readonly string[];
  readonly except?: RegExp;
  /** Of files that disturb what the others stand on: they run after those, one by one. */
  readonly alone?: readonly string[];
  /** A test that hangs, or leaves something open, must not hold up the rest for ever. */
  readonly minutes: number;
  /** How many files run at once, if not as many as there are processors. */
  readonly concurrency?: number;
  /** Starts what the tests need and answers their environment. */
  readonly prepare: (instance: string) => Promise<Record<string, string>>;
  /** Instances that `prepare` starts, to be removed afterwards. */
  readonly instances: (instance: string) => string[];
}

const places = ['packages/*/src', 'images', 'hack', 'test', 'bench'];

export const suites: Readonly<Record<SuiteName, Suite>> = {
  unit: {
    minutes: 20,
    patterns: places.map((place) => `${place}/**/*.test.ts`),
    except: /\.(apiserver|qemu)\.test\.ts$/,
    prepare: () => Promise.resolve({}),
    instances: () => [],
  },
  apiserver: {
    minutes: 40,
    patterns: places.map((place) => `${place}/**/*.apiserver.test.ts`),
    // The policies that the chart installs hold for all who use the server.
    alone: ['test/chart/chart.apiserver.test.ts'],
    prepare: async (instance) => {
      const { kubeconfig } = await startControlPlane({ instance: apiInstance(instance) });
      return { KUBECONFIG: kubeconfig, ...withPath(binaryDirectory('kubectl')) };
    },
    instances: (instance) => [apiInstance(instance)],
  },
  qemu: {
    minutes: 60,
    // A guest that boots takes a processor, and then it is waited for.
    concurrency: availableParallelism() + 1,
    patterns: places.map((place) => `${place}/**/*.qemu.test.ts`),
    prepare: async () => {
      await buildBinaries(['versitygw']);
      return withPath(await ensureQemu(), binaryDirectory('versitygw'));
    },
    instances: () => [],
  },
  e2e: {
    // Of migrations with faults there may be hundreds; one in a minute is a slow one.
    minutes: 90 + Number(process.env['MIGRATIONS'] ?? 0),
    patterns: ['test/e2e/*.e2e.ts'],
    // They kill the operator, or install another one.
    alone: ['test/e2e/alone/*.e2e.ts'],
    // More than half of a test is waiting for Kubernetes.
    concurrency: 4,
    prepare: async (instance) => ({
      ...(await startTestCluster(instance)),
      ...withPath(binaryDirectory('kubectl'), binaryDirectory('helm'), binaryDirectory('versitygw')),
    }),
    instances: (instance) => [instance],
  },
};

/** Test files of which `concurrency` run at once. */
export interface Batch {
  readonly files: readonly string[];
  readonly concurrency: number;
}

/** Only the files with one of the `words` in their path; all where there are none. */
export async function batches(
  { patterns, except, alone = [], concurrency = availableParallelism() }: Suite,
  words: readonly string[] = [],
): Promise<Batch[]> {
  const named = (file: string) => words.length === 0 || words.some((word) => file.includes(word));
  const apart = await testFiles(alone);
  const together = (await testFiles(patterns, except)).filter((file) => !apart.includes(file));
  return [
    { files: together.filter(named), concurrency },
    { files: apart.filter(named), concurrency: 1 },
  ].filter(({ files }) => files.length > 0);
}

async function testFiles(patterns: readonly string[], except?: RegExp): Promise<string[]> {
  const files: string[] = [];
  const exclude = (path: string) => path.includes('node_modules');
  for await (const file of glob([...patterns], { cwd: REPOSITORY, exclude })) {
    if (!except?.test(file)) files.push(file);
  }
  return files.sort();
}

function apiInstance(instance: string): string {
  return `${instance}-api`;
}

function binaryDirectory(name: 'kubectl' | 'helm' | 'versitygw'): string {
  return join(binary(name), '..');
}

function withPath(...directories: string[]): Record<string, string> {
  return { PATH: [...directories, process.env['PATH']].join(':') };
}
