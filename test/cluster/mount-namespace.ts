import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { ClusterNode } from './instance.ts';

/**
 * Paths that containerd, libcni and the kubelet share with everybody on a machine, partly without an option for
 * another one. In a node's mount namespace they are the node's own; what is left there goes with the node.
 */
const ownPaths = [
  '/run/containerd',
  '/var/lib/cni',
  '/var/lib/kubelet',
  '/var/log/containers',
  '/var/log/pods',
] as const;

export function mountNamespacePath(node: ClusterNode): string {
  return join(node.directory, 'namespaces', 'mount');
}

/** Where on the machine the node's own path lies. */
export function nodePath(node: ClusterNode, path: (typeof ownPaths)[number]): string {
  return join(node.directory, 'root', path);
}

export async function ensureMountNamespace(node: ClusterNode): Promise<void> {
  const file = mountNamespacePath(node);
  if ((await readFile('/proc/self/mountinfo', 'utf8')).includes(` ${file} `)) return;
  const directory = join(node.directory, 'namespaces');
  await mkdir(directory, { recursive: true });
  // The kernel lets a mount namespace be bound only where that mount does not spread into the namespace itself.
  await execa('mount', ['--bind', directory, directory]);
  await execa('mount', ['--make-private', directory]);
  await writeFile(file, '');
  for (const path of ownPaths) {
    await mkdir(path, { recursive: true });
    await mkdir(nodePath(node, path), { recursive: true });
  }
  await execa('unshare', [`--mount=${file}`, 'sh', '-euc', bindScript, 'sh', ...bindArguments(node)]);
}

/** Within the node, mounts spread into pods that ask for it, as on a machine whose / is shared. */
const bindScript = 'mount --make-rshared /; while [ $# -gt 0 ]; do mount --bind "$1" "$2"; shift 2; done';

function bindArguments(node: ClusterNode): string[] {
  return ownPaths.flatMap((path) => [nodePath(node, path), path]);
}

/** Empty mount points that `ensureMountNamespace` may have made. */
export const mountPoints: readonly string[] = ownPaths;
