import assert from 'node:assert/strict';
import type { Pod } from '@hypersdk/kube';
import type { Scene } from './scene.ts';

/** Claims by where their volumes are mounted. */
type Mounts = Readonly<Record<string, string>>;

/** What a command prints, in a pod that has the claim's volume at /volume. Rejects with it where the command fails. */
export function inVolume(scene: Scene, claimName: string, command: readonly string[]): Promise<string> {
  return inVolumes(scene, { '/volume': claimName }, command);
}

const CHECK = 'ls /volumes/*/*.qcow2 && for f in /volumes/*/*.qcow2; do qemu-img check -q $f || exit 1; done';

/** Every file of volumes that no guest has, mounted as the guest's pod has them: a layer names the one below by its path. */
export async function assertSoundFiles(scene: Scene, mounts: Mounts): Promise<void> {
  const files = await inVolumes(scene, mounts, ['sh', '-c', CHECK]);
  assert.match(files, /qcow2/);
}

async function inVolumes(scene: Scene, mounts: Mounts, command: readonly string[]): Promise<string> {
  const name = 'looks-into-volume';
  await scene.apply(pod(name, mounts, command));
  try {
    await scene.waitFor('jsonpath={.status.containerStatuses[0].state.terminated}', `pod/${name}`);
    const printed = await scene.k('logs', name);
    const { status } = await scene.get<Pod>('pod', name);
    const code = status?.containerStatuses?.[0]?.state?.terminated?.exitCode;
    if (code === 0) return printed;
    const where = Object.values(mounts).join(' and ');
    throw new Error(`${command.join(' ')} ended with ${code ?? 'nothing'} in ${where}: ${printed}`);
  } finally {
    await scene.k('delete', 'pod', name, '--now');
  }
}

function pod(name: string, mounts: Mounts, command: readonly string[]): object {
  const volumes = Object.entries(mounts);
  const volumeMounts = volumes.map(([mountPath], at) => ({ name: `v${at}`, mountPath }));
  // Our own image, because the cluster has it.
  const image = `hypersdk/launcher:${process.env['RELEASE'] ?? ''}`;
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name } },
    spec: {
      restartPolicy: 'Never',
      containers: [{ name: 'command', image, command, volumeMounts }],
      volumes: volumes.map(([, claimName], at) => ({ name: `v${at}`, persistentVolumeClaim: { claimName } })),
    },
  };
}
