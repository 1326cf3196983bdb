/** Writes every generated file of the repository; with `--check` only names those that are out of date. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { qmpTypes } from '../packages/qemu-monitor/generate.ts';
import { apiReference } from './api-reference.ts';
import { crdManifests } from './crd-manifests.ts';
import { operatorManifests } from './render-manifests.ts';

/** Directories that hold nothing but generated files, so that one which is no longer made is stale too. */
const GENERATED = ['deploy/crds', 'deploy/helm/hypersdk-operator/files/crds', 'deploy/operator'];

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const wanted = new Map([
  ...crdManifests(),
  ...apiReference(),
  ...(await operatorManifests()),
  ['packages/qemu-monitor/src/generated/qmp.ts', await qmpTypes()],
]);
const stale = await staleFiles(wanted);
if (!values.check) await writeAll(stale);
else if (stale.length > 0) {
  process.stderr.write(
    `Out of date; run \`make generate\` and commit:\n${stale.map((path) => `  ${path}\n`).join('')}`,
  );
  process.exitCode = 1;
}

async function staleFiles(files: ReadonlyMap<string, string>): Promise<string[]> {
  const present = (await Promise.all(GENERATED.map(filesIn))).flat();
  const paths = [...new Set([...files.keys(), ...present])].sort();
  const contents = await Promise.all(paths.map(contentOf));
  return paths.filter((path, index) => contents[index] !== files.get(path));
}

async function filesIn(directory: string): Promise<string[]> {
  const names = await readdir(join(root, directory)).catch(unlessMissing<string[]>([]));
  return names.map((name) => `${directory}/${name}`);
}

function contentOf(path: string): Promise<string | undefined> {
  return readFile(join(root, path), 'utf8').catch(unlessMissing(undefined));
}

function unlessMissing<T>(otherwise: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return otherwise;
    throw error;
  };
}

async function writeAll(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const content = wanted.get(path);
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await (content === undefined ? rm(file) : writeFile(file, content));
    process.stdout.write(`${content === undefined ? 'removed' : 'wrote'} ${path}\n`);
  }
}
