import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ctr } from './containerd.ts';
import { REPOSITORY, type Instance } from './instance.ts';

/**
 * Gives loaded images the names that the chart asks for when it is told nothing, as if this checkout's version had
 * been published: so the commands of the documentation can be run as they are written. Returns the version.
 */
export async function nameAsReleased(instance: Instance, references: readonly string[]): Promise<string> {
  const version = await appVersion();
  for (const reference of references) {
    const released = `${reference.slice(0, reference.lastIndexOf(':'))}:${version}`;
    for (const node of instance.nodes) await ctr(node, ['images', 'tag', '--force', reference, released]);
  }
  return version;
}

async function appVersion(): Promise<string> {
  const chart = await readFile(join(REPOSITORY, 'deploy/helm/hypersdk-operator/Chart.yaml'), 'utf8');
  return (parse(chart) as { appVersion: string }).appVersion; // our own file
}
