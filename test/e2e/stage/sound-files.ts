import type { Scene } from './scene.ts';

const SCRIPT =
  'ls /volumes/*/*.qcow2 && for f in /volumes/*/*.qcow2; do qemu-img check -q $f || exit 1; done';

/** Of volumes that no guest has, in a pod that mounts what the guest's does: claims by where they are mounted. */
export async function assertSoundFiles(
  scene: Scene,
  name: string,
  mounts: Readonly<Record<string, string>>,
): Promise<void> {
  const volumes = Object.entries(mounts);
  await scene.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `check-${name}` },
    spec: {
      restartPolicy: 'Never',
      securityContext: { runAsUser: 107, runAsGroup: 107, fsGroup: 107 },
      containers: [
        {
          name: 'check',
          image: `hypersdk/launcher:${process.env['RELEASE'] ?? ''}`,
          command: ['sh', '-c', SCRIPT],
          volumeMounts: volumes.map(([mountPath], at) => ({ name: `v${at}`, mountPath })),
        },
      ],
      volumes: volumes.map(([, claimName], at) => ({ name: `v${at}`, persistentVolumeClaim: { claimName } })),
    },
  });
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', `pod/check-${name}`);
}
