import { join } from 'node:path';
import { readIfThere, writeAtomically } from './atomic-file.ts';
import { ensureContainerd } from './containerd.ts';
import { credentialPath } from './credentials.ts';
import type { ClusterNode, Instance } from './instance.ts';
import { ensureKubeProxy } from './kube-proxy.ts';
import { ensureKubelet } from './kubelet.ts';
import { ensureMountNamespace } from './mount-namespace.ts';

/** One node: containerd, kubelet and kube-proxy in the node's network namespace. */
export async function ensureNode(instance: Instance, node: ClusterNode): Promise<void> {
  await writeNodeKubeconfig(instance, node.name, join(node.directory, 'kubeconfig'));
  await writeNodeKubeconfig(instance, 'kube-proxy', join(node.directory, 'kube-proxy.kubeconfig'));
  await ensureMountNamespace(node);
  await ensureContainerd(instance, node);
  await ensureKubelet(instance, node);
  await ensureKubeProxy(instance, node);
}

/** A node sees the API server on the bridge: loopback is another one in its namespace. */
async function writeNodeKubeconfig(instance: Instance, user: string, path: string): Promise<void> {
  const text = await readIfThere(credentialPath(instance, `${user}.kubeconfig`));
  if (text === undefined) throw new Error(`${user} has no kubeconfig`);
  const { url, port } = instance.apiServer;
  await writeAtomically(path, text.replace(url, `https://${instance.bridge.address}:${port}`));
}
