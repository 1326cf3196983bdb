import type { Pod } from '@hypersdk/kube';
import type { Scene } from './scene.ts';

/** What a command prints, in a pod that has the claim's volume at /volume. Rejects with it where the command fails. */
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
  try {
    await scene.waitFor('jsonpath={.status.containerStatuses[0].state.terminated}', `pod/${name}`);
    const printed = await scene.k('logs', name);
    const { status } = await scene.get<Pod>('pod', name);
    const code = status?.containerStatuses?.[0]?.state?.terminated?.exitCode;
    if (code === 0) return printed;
    throw new Error(
      `${command.join(' ')} ended with ${code ?? 'nothing'} in the volume of ${claimName}: ${printed}`,
    );
  } finally {
    await scene.k('delete', 'pod', name, '--now');
  }
}
