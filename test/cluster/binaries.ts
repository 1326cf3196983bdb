import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { step } from './progress.ts';
import type { Say } from './progress.ts';

const KUBERNETES = 'v1.34.4';

/** Modules under `binaries/` and the commands that are built from each. */
const modules = {
  etcd: { etcd: 'go.etcd.io/etcd/server/v3' },
  kubernetes: {
    'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
    'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
    'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
    kubelet: 'k8s.io/kubernetes/cmd/kubelet',
    'kube-proxy': 'k8s.io/kubernetes/cmd/kube-proxy',
    kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  },
  coredns: { coredns: '.' },
  helm: { helm: 'helm.sh/helm/v3/cmd/helm' },
  pause: { pause: '.' },
  versitygw: { versitygw: 'github.com/versity/versitygw/cmd/versitygw' },
} as const;

export type ModuleName = keyof typeof modules;
type CommandsOf<M extends ModuleName> = M extends ModuleName ? keyof (typeof modules)[M] : never;
export type BinaryName = CommandsOf<ModuleName>;

const moduleNames = Object.keys(modules) as ModuleName[];

/** What `kubectl version` shows; Kubernetes' own build sets the same variables. */
const versionPackage = 'k8s.io/component-base/version';
const [major, minor] = KUBERNETES.slice(1).split('.');
const linkerFlags = [
  '-s -w',
  `-X ${versionPackage}.gitVersion=${KUBERNETES}`,
  `-X ${versionPackage}.gitMajor=${major ?? ''}`,
  `-X ${versionPackage}.gitMinor=${minor ?? ''}`,
  `-X ${versionPackage}.gitTreeState=clean`,
].join(' ');

/** Where the binary lies once `buildBinaries` has made it. */
export function binary(name: BinaryName): string {
  return join(moduleCache(moduleOf(name)), name);
}

/** Builds what is not in the cache yet, from Go modules alone. */
export async function buildBinaries(names: readonly ModuleName[] = moduleNames): Promise<void> {
  for (const name of names) {
    if (existsSync(moduleCache(name))) continue;
    await step(`build ${name} from its Go module`, (say) => buildModule(name, say));
  }
}

export function cacheDirectory(): string {
  const cache = process.env['HYPERSDK_CACHE'];
  return cache ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'hypersdk');
}

async function buildModule(name: ModuleName, say: Say): Promise<void> {
  const target = moduleCache(name);
  await mkdir(dirname(target), { recursive: true });
  const temporary = await mkdtemp(`${target}.`);
  try {
    const [first, ...others] = Object.entries(modules[name]);
    // Go names a binary after its package's directory, unless told otherwise for a single one.
    const output = first && others.length === 0 ? join(temporary, first[0]) : `${temporary}/`;
    await goBuild(moduleSource(name), Object.values(modules[name]), output, say);
    // Only a complete directory gets the final name; one that another run finished first is as good.
    await rename(temporary, target).catch((error: unknown) => {
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function goBuild(directory: string, paths: string[], output: string, say: Say): Promise<void> {
  const options = ['-v', '-trimpath', '-buildvcs=false', '-ldflags', linkerFlags];
  const build = execa('go', ['build', ...options, '-o', output, ...paths], {
    cwd: directory,
    env: { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' },
    stdout: 'ignore',
    buffer: { stderr: true },
  });
  let packages = 0;
  for await (const line of build.iterable({ from: 'stderr' })) {
    say(`${++packages} packages, now ${line}`);
  }
  await build;
}

/** The module's files name all that goes into its binaries, down to each dependency's hash. */
function moduleCache(name: ModuleName): string {
  const hash = createHash('sha256').update(linkerFlags).update(process.arch);
  for (const file of ['go.mod', 'go.sum', 'main.go']) {
    const path = join(moduleSource(name), file);
    if (existsSync(path)) hash.update(readFileSync(path));
  }
  return join(cacheDirectory(), 'bin', `${name}-${hash.digest('hex').slice(0, 12)}`);
}

function moduleSource(name: ModuleName): string {
  return join(import.meta.dirname, 'binaries', name);
}

function moduleOf(name: BinaryName): ModuleName {
  const found = moduleNames.find((module) => name in modules[module]);
  if (!found) throw new Error(`No module makes ${name}`);
  return found;
}
