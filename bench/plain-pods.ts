/** Pods without any of ours in them, to measure against. */
import { lineTime } from './machines.ts';
import type { Bench } from './row.ts';

interface PlainPod {
  readonly name: string;
  readonly command: readonly string[];
  /** With the template's image and an empty disk directory. */
  readonly withDisk?: boolean;
}

export function plainPod(
  { node, launcherImage }: Bench,
  { name, command, withDisk = false }: PlainPod,
): object {
  const image = { name: 'image', persistentVolumeClaim: { claimName: 'tiny-image' } };
  const volumes = withDisk ? [image, { name: 'disk', emptyDir: {} }, { name: 'runtime', emptyDir: {} }] : [];
  const mounts = [
    { name: 'image', mountPath: '/images/tiny-image', readOnly: true },
    { name: 'disk', mountPath: '/volumes/root' },
    { name: 'runtime', mountPath: '/run/hypersdk' },
  ];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { bench: 'plain' } },
    spec: {
      terminationGracePeriodSeconds: 1,
      securityContext: { fsGroup: 107 },
      nodeSelector: { 'kubernetes.io/hostname': node },
      containers: [{ name: 'plain', image: launcherImage, command, volumeMounts: withDisk ? mounts : [] }],
      volumes,
    },
  };
}

/** Milliseconds from apply to a container's first word, which is as early as a guest could begin. */
export async function startPause(bench: Bench, name: string): Promise<number> {
  const { scene } = bench;
  const applied = Date.now();
  await scene.apply(plainPod(bench, { name, command: ['sh', '-c', 'echo STARTED; exec sleep 600'] }));
  await scene.waitFor('condition=Ready', `pod/${name}`);
  const started = await lineTime(bench, name, /STARTED/);
  await scene.k('delete', 'pod', name, '--timeout=60s');
  return started - applied;
}
