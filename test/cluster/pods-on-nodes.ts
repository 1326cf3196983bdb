/** Pods and their processes as the nodes themselves have them: no API server is asked, for it may be away. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterNode, Instance } from './instance.ts';
import { nodePath } from './mount-namespace.ts';

export interface PodOnNode {
  readonly name: string;
  readonly uid: string;
  readonly node: ClusterNode;
  /** Of its containers' logs, one directory each. */
  readonly logs: string;
}

export interface PodProcess {
  readonly pid: number;
  readonly argv: readonly string[];
}

/** Those of a namespace whose name begins so. The kubelet names the directory of a pod's logs NAMESPACE_NAME_UID. */
export async function podsOnNodes(instance: Instance, namespace: string, prefix = ''): Promise<PodOnNode[]> {
  const found = await Promise.all(
    instance.nodes.map(async (node) => {
      const directory = nodePath(node, '/var/log/pods');
      const names = await readdir(directory).catch(() => []);
      const ours = names.filter((name) => name.startsWith(`${namespace}_${prefix}`));
      return ours.map((entry) => {
        const [, name = '', uid = ''] = entry.split('_');
        return { name, uid, node, logs: join(directory, entry) };
      });
    }),
  );
  return found.flat();
}

/** Those that live; their cgroup's path has the pod's uid. */
export async function processesOfPod({ uid }: Pick<PodOnNode, 'uid'>): Promise<PodProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      if (!(await read(pid, 'cgroup')).includes(uid)) return [];
      const argv = (await read(pid, 'cmdline')).split('\0').slice(0, -1);
      return argv.length > 0 ? [{ pid: Number(pid), argv }] : [];
    }),
  );
  return found.flat();
}

function read(pid: string, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
}
