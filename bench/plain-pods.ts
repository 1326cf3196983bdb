/** Pods without any of ours in them, to measure against. */
import { lineTime } from './machines.ts';
import type { Bench } from './row.ts';

interface PlainPod {
  readonly name: string;
  readonly command: readonly string[];
  /** Of the image to stand on, with an empty disk directory beside it. */
  readonly imageClaim?: string;
  /** Any node where absent. */
  readonly node?: string;
}

export function plainPod({ launcherImage }: Bench, pod: PlainPod): object {
  const { volumes, volumeMounts } = storage(pod);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: pod.name },
    spec: {
      terminationGracePeriodSeconds: 1,
      securityContext: { fsGroup: 107 },
      ...(pod.node !== undefined && { nodeSelector: { 'kubernetes.io/hostname': pod.node } }),
      containers: [{ name: 'plain', image: launcherImage, command: pod.command, volumeMounts }],
      volumes,
    },
  };
}

function storage({ imageClaim: claimName }: PlainPod): { volumes: object[]; volumeMounts: object[] } {
  if (claimName === undefined) return { volumes: [], volumeMounts: [] };
  return {
    volumes: [
      { name: 'image', persistentVolumeClaim: { claimName } },
      { name: 'disk', emptyDir: {} },
      { name: 'runtime', emptyDir: {} },
    ],
    volumeMounts: [
      { name: 'image', mountPath: `/images/${claimName}`, readOnly: true },
      { name: 'disk', mountPath: '/volumes/root' },
      { name: 'runtime', mountPath: '/run/hypersdk' },
    ],
  };
}

/** Milliseconds from apply to a container's first word, which is as early as a guest could begin. */
export async function startPause(bench: Bench, name: string): Promise<number> {
  const { scene, node } = bench;
  const command = ['sh', '-c', 'echo STARTED; exec sleep 600'];
  const applied = Date.now();
  await scene.apply(plainPod(bench, { name, command, node }));
  await scene.waitFor('condition=Ready', `pod/${name}`);
  const started = await lineTime(bench, name, /STARTED/);
  await scene.k('delete', 'pod', name, '--timeout=60s');
  return started - applied;
}
