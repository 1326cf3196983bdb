import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { step } from './progress.ts';
import type { Say } from './progress.ts';

/** Debian packages, and the program by which a machine of another kind shows that it has the same. */
const nodePackages = {
  containerd: 'containerd',
  runc: 'runc',
  'containernetworking-plugins': '/usr/lib/cni/ptp',
  iproute2: 'ip',
  nftables: 'nft',
  conntrack: 'conntrack',
  'util-linux': 'nsenter',
  mount: 'losetup',
  e2fsprogs: 'mkfs.ext4',
  // For the end-to-end tests.
  'openssh-client': 'ssh',
} as const;

/** Installs what the nodes, or whoever asks, need and the machine does not have. */
export async function ensurePackages(
  packages: Readonly<Record<string, string>> = nodePackages,
): Promise<void> {
  const missing: string[] = [];
  for (const [name, program] of Object.entries(packages)) {
    if (!(await isProgram(program))) missing.push(name);
  }
  if (missing.length > 0) await step(`install ${missing.join(', ')}`, (say) => install(missing, say));
}

async function install(names: readonly string[], say: Say): Promise<void> {
  if (!(await isProgram('apt-get'))) {
    throw new Error(`This is no Debian: please install ${names.join(', ')} by hand`);
  }
  await using _ = await noServices();
  await aptGet(['update'], say);
  await aptGet(['install', '--yes', '--no-install-recommends', ...names], say);
}

async function aptGet(parameters: readonly string[], say: Say): Promise<void> {
  const run = execa('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...parameters], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
  for await (const line of run) say(line);
  await run;
}

/** Debian starts a package's service at once; ours is a containerd of its own, with its own directories. */
async function noServices(): Promise<AsyncDisposable> {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return { [Symbol.asyncDispose]: () => rm(policy, { force: true }) };
}

async function isProgram(name: string): Promise<boolean> {
  const { exitCode } = await execa('sh', ['-c', 'command -v "$0"', name], {
    reject: false,
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  });
  return exitCode === 0;
}
