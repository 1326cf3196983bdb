import { join } from 'node:path';
import { execa } from 'execa';
import { writeAtomically } from './atomic-file.ts';
import { ensureCgroup } from './cgroups.ts';
import { assertAlive, ensureDaemon } from './daemon.ts';
import type { ClusterNode, Instance } from './instance.ts';
import { PAUSE_IMAGE } from './pause-image.ts';
import { waitFor } from './waiting.ts';

export function containerdSocket(node: ClusterNode): string {
  return join(node.directory, 'containerd.sock');
}

/** A containerd of the node's own: nothing of it lies where another one would look. */
export async function ensureContainerd(instance: Instance, node: ClusterNode): Promise<void> {
  const name = `${node.name}-containerd`;
  const shims = `${instance.cgroup}/shims`;
  await ensureCgroup(shims);
  const config = join(node.directory, 'containerd.toml');
  await writeAtomically(config, containerdConfig(node, shims));
  await writeAtomically(join(node.directory, 'cni', '10-pods.conflist'), cniConfig(instance, node));
  await ensureDaemon(instance, {
    name,
    command: ['containerd', '--config', config],
    configuration: [config],
    node,
  });
  await waitFor({ until: `${name} answers`, seconds: 30 }, async () => {
    await assertAlive(instance, name);
    const { exitCode } = await ctr(node, ['version'], { reject: false });
    return exitCode === 0 ? true : undefined;
  });
}

/** containerd's own client, in the namespace of Kubernetes' images. */
export function ctr(node: ClusterNode, parameters: readonly string[], options: { reject?: boolean } = {}) {
  const command = ['--address', containerdSocket(node), '--namespace', 'k8s.io', ...parameters];
  return execa('ctr', command, { timeout: 300_000, ...options });
}

function containerdConfig(node: ClusterNode, shims: string): string {
  const path = (name: string) => JSON.stringify(join(node.directory, 'containerd', name));
  return `version = 2
root = ${path('root')}
state = "/run/containerd"

[grpc]
address = ${JSON.stringify(containerdSocket(node))}

[plugins."io.containerd.internal.v1.opt"]
path = ${path('opt')}

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${PAUSE_IMAGE}"
netns_mounts_under_state_dir = true
# Machines without CAP_SYS_RESOURCE cannot lower a process' score.
restrict_oom_score_adj = true
# Else a container that is not root could not open its raw block volume.
device_ownership_from_security_context = true

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = ${JSON.stringify(join(node.directory, 'cni'))}

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
# Apart from containerd, so that it can be restarted without its containers.
ShimCgroup = "/${shims}"
`;
}

const POD_MTU = 1450;

/**
 * A routed link a pod. A bridge would need br_netfilter, which not every machine has, to see the answers of
 * Services whose pod is on the same node. Less than Ethernet's MTU, as in an overlay.
 */
function cniConfig(instance: Instance, node: ClusterNode): string {
  const ipam = {
    type: 'host-local',
    dataDir: join(node.directory, 'addresses'),
    ranges: [[{ subnet: node.podSubnet }]],
    routes: [{ dst: '0.0.0.0/0' }],
  };
  const name = `${instance.cgroup}-${node.name}`;
  return JSON.stringify({ cniVersion: '1.0.0', name, plugins: [{ type: 'ptp', mtu: POD_MTU, ipam }] });
}
