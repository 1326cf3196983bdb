import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeAtomically } from './atomic-file.ts';
import { binary } from './binaries.ts';
import { ensureCgroup } from './cgroups.ts';
import { containerdSocket } from './containerd.ts';
import { credentialPath } from './credentials.ts';
import { ensureDaemon } from './daemon.ts';
import type { ClusterNode, Instance } from './instance.ts';
import { CLUSTER_DOMAIN } from './dns.ts';
import { resolvConf } from './resolver.ts';

export async function ensureKubelet(instance: Instance, node: ClusterNode): Promise<void> {
  await ensureCgroup(node.cgroup);
  const config = join(node.directory, 'kubelet.yaml');
  await writeAtomically(config, stringify(kubeletConfig(instance, node)));
  const kubeconfig = join(node.directory, 'kubeconfig');
  await ensureDaemon(instance, {
    name: `${node.name}-kubelet`,
    command: [
      binary('kubelet'),
      `--config=${config}`,
      `--kubeconfig=${kubeconfig}`,
      `--hostname-override=${node.name}`,
      `--node-ip=${node.address}`,
    ],
    configuration: [config, kubeconfig],
    node,
  });
}

function kubeletConfig(instance: Instance, node: ClusterNode) {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    containerRuntimeEndpoint: `unix://${containerdSocket(node)}`,
    volumePluginDir: '/var/lib/kubelet/volume-plugins',
    tlsCertFile: credentialPath(instance, `${node.name}.crt`),
    tlsPrivateKeyFile: credentialPath(instance, `${node.name}.key`),
    authentication: {
      x509: { clientCAFile: credentialPath(instance, 'ca.crt') },
      anonymous: { enabled: false },
    },
    resolvConf: resolvConf(),
    clusterDNS: [instance.dnsAddress],
    clusterDomain: CLUSTER_DOMAIN,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${node.cgroup}`,
    maxPods: 200,
    ...machineSettings,
    ...latencySettings,
    ...diskSettings,
  };
}

/** What a machine that is a container or a small VM itself does not offer. */
const machineSettings = {
  failCgroupV1: false,
  failSwapOn: false,
  localStorageCapacityIsolation: false,
  // Lets the kubelet go on where it may neither lower its OOM score nor write the machine's sysctls.
  featureGates: { KubeletInUserNamespace: true, KubeletCrashLoopBackOffMax: true },
  makeIPTablesUtilChains: false,
};

/** Two nodes leave the API server idle: no need to save it requests. */
const latencySettings = {
  serializeImagePulls: false,
  registryPullQPS: 0,
  eventRecordQPS: 0,
  // How often a pod that nobody changes is looked at, and has its Secrets as they are by now.
  syncFrequency: '10s',
  // Tests kill more often than crashes come; five minutes would be waited for nothing.
  crashLoopBackOff: { maxContainerRestartPeriod: '5s' },
  kubeAPIQPS: 200,
  kubeAPIBurst: 400,
};

/** The nodes share the machine's disk with whatever else is on it; that must not evict pods or delete our images. */
const diskSettings = {
  evictionHard: {
    'memory.available': '100Mi',
    'nodefs.available': '0%',
    'imagefs.available': '0%',
    'nodefs.inodesFree': '0%',
  },
  imageGCHighThresholdPercent: 100,
};
