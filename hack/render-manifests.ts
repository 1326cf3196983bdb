/** The plain manifests in `deploy/operator/`: what the chart renders with its default values, for those without Helm. */
import { join } from 'node:path';
import { execa } from 'execa';
import { binary, buildBinaries } from '../test/cluster/binaries.ts';

const chart = join(import.meta.dirname, '../deploy/helm/hypersdk-operator');
const header = '# Generated from deploy/helm/hypersdk-operator by `make generate`. Do not edit.\n';
/** The labels say that Helm owns the object, which here it does not. */
const helmLabels = /^ +(app\.kubernetes\.io\/managed-by|helm\.sh\/chart): .*\n/gm;

const namespace = `apiVersion: v1
kind: Namespace
metadata:
  name: hypersdk-system
  labels:
    pod-security.kubernetes.io/enforce: restricted
`;

/** Maps a path from the repository's root to the file's content. */
export async function operatorManifests(): Promise<Map<string, string>> {
  // Numbered, because `kubectl apply -f` takes files in order and the others lie in this namespace.
  const files = new Map([['00-namespace.yaml', [namespace]]]);
  for (const rendered of (await template()).split(/^---\n/m).filter(Boolean)) {
    const { name, manifest } = plainManifest(rendered);
    files.set(name, [...(files.get(name) ?? []), manifest]);
  }
  return new Map(
    [...files].map(([name, manifests]) => [`deploy/operator/${name}`, header + manifests.join('---\n')]),
  );
}

/** CRDs are left out: `deploy/crds/` is applied on its own. */
async function template(): Promise<string> {
  const release = ['hypersdk-operator', chart, '--namespace', 'hypersdk-system', '--kube-version', '1.30.0'];
  const values = ['--no-hooks', '--set', 'crds.enabled=false'];
  await buildBinaries(['helm']);
  const { stdout } = await execa(binary('helm'), ['template', ...release, ...values], { timeout: 60_000 });
  return stdout;
}

function plainManifest(rendered: string): { name: string; manifest: string } {
  const found = /^# Source: hypersdk-operator\/templates\/(?<name>.+)\n(?<manifest>[^]*)$/.exec(rendered);
  const { name, manifest } = found?.groups ?? {};
  if (!name || !manifest) throw new Error(`Helm did not say which template this comes from:\n${rendered}`);
  return { name, manifest: `${manifest.replaceAll(helmLabels, '').trim()}\n` };
}
