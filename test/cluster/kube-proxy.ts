import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeAtomically } from './atomic-file.ts';
import { binary } from './binaries.ts';
import { ensureDaemon } from './daemon.ts';
import type { ClusterNode, Instance } from './instance.ts';

export async function ensureKubeProxy(instance: Instance, node: ClusterNode): Promise<void> {
  const config = join(node.directory, 'kube-proxy.yaml');
  const kubeconfig = join(node.directory, 'kube-proxy.kubeconfig');
  await writeAtomically(config, stringify(kubeProxyConfig(instance, node, kubeconfig)));
  await ensureDaemon(instance, {
    name: `${node.name}-kube-proxy`,
    command: [binary('kube-proxy'), `--config=${config}`],
    configuration: [config, kubeconfig],
    node,
  });
}

function kubeProxyConfig(instance: Instance, node: ClusterNode, kubeconfig: string) {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clientConnection: { kubeconfig },
    hostnameOverride: node.name,
    clusterCIDR: instance.podSubnet,
    nftables: { minSyncPeriod: '0s' },
    // The machine's own limits hold; a namespace cannot write them.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  };
}
