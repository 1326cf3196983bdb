import { join } from 'node:path';
import { execa } from 'execa';
import { parseAllDocuments } from 'yaml';
import { binary, buildBinaries } from '../cluster/binaries.ts';

export const chart = join(import.meta.dirname, '../../deploy/helm/hypersdk-operator');

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** As much of a manifest as the tests look at. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Record<string, string>;
    readonly labels?: Record<string, string>;
  };
  readonly spec?: unknown;
  readonly rules?: readonly Rule[];
}

/** What `helm template` makes of the chart; fails with Helm's message when the schema refuses a value. */
export async function renderedChart(...values: string[]): Promise<Manifest[]> {
  const release = ['hypersdk-operator', chart, '--namespace', 'hypersdk-system', '--kube-version', '1.34.0'];
  const settings = values.flatMap((value) => ['--set-json', value]);
  await buildBinaries(['helm']);
  const { stdout } = await execa(binary('helm'), ['template', ...release, ...settings]);
  const manifests = parseAllDocuments(stdout).map((document) => document.toJS() as Manifest | null);
  return manifests.filter((manifest) => manifest !== null);
}
