import type { Scene } from './scene.ts';

/** What a command prints, in a pod that has the claim's volume at /volume. */
export async function inVolume(scene: Scene, claimName: string, command: readonly string[]): Promise<string> {
  const name = 'looks-into-volume';
  // Our own image, because the cluster has it.
  const image = `hypersdk/launcher:${process.env['RELEASE'] ?? ''}`;
  const volumeMounts = [{ name: 'volume', mountPath: '/volume' }];
  await scene.apply({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name } },
    spec: {
      restartPolicy: 'Never',
      containers: [{ name: 'command', image, command, volumeMounts }],
      volumes: [{ name: 'volume', persistentVolumeClaim: { claimName } }],
    },
  });
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', `pod/${name}`);
  const printed = await scene.k('logs', name);
  await scene.k('delete', 'pod', name, '--now');
  return printed;
}
