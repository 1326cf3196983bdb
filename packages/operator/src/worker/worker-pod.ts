/** A pod that does one job on volumes, without any privilege, and ends. */
import { Labels, MachinePaths } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import type { Config } from '../config.ts';
import { containerSecurity } from '../virtual-machine/pod/containers.ts';
import { podSecurity } from '../virtual-machine/pod/pod.ts';

type PodSpec = NonNullable<Pod['spec']>;
type Container = PodSpec['containers'][number];

export interface Work {
  readonly metadata: Pod['metadata'];
  /** Its Secret; that of its name where nothing is said. */
  readonly secretName?: string;
  /** Value of the label `app.kubernetes.io/name`. */
  readonly appName: string;
  /** Its container, and its program in the launcher's image. */
  readonly worker: 'importer' | 'copier' | 'attacher' | 'disk-server' | 'keeper';
  /** Environment variable that the spec goes into, as JSON. */
  readonly specVariable: string;
  readonly spec: object;
  readonly mounts: readonly NonNullable<Container['volumeMounts']>[number][];
  readonly devices?: readonly NonNullable<Container['volumeDevices']>[number][];
  readonly volumes: readonly NonNullable<PodSpec['volumes']>[number][];
  /** What else the pod's spec says. */
  readonly extras?: Pick<
    PodSpec,
    'activeDeadlineSeconds' | 'affinity' | 'tolerations' | 'priorityClassName' | 'nodeSelector' | 'hostname'
  >;
  readonly startupProbe?: NonNullable<Container['startupProbe']>;
}

export function workerPod(work: Work, config: Config): Pod {
  const { metadata, appName, volumes, extras } = work;
  const labels = { [Labels.appName]: appName, [Labels.appManagedBy]: 'hypersdk-operator' };
  return {
    metadata: { ...metadata, labels: { ...metadata.labels, ...labels } },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: podSecurity,
      ...extras,
      containers: [container(work, config)],
      volumes: [
        { name: IDENTITY, secret: { secretName: work.secretName ?? metadata.name, defaultMode: 0o440 } },
        ...volumes,
      ],
    },
  };
}

const IDENTITY = 'identity';

/** The Secret that the pod waits for. */
export function workerSecretOf({ spec, metadata }: Pod): string {
  return spec?.volumes?.find(({ name }) => name === IDENTITY)?.secret?.secretName ?? metadata.name;
}

function container(
  { worker, specVariable, spec, mounts, devices, startupProbe }: Work,
  config: Config,
): Container {
  return {
    name: worker,
    image: config.launcherImage,
    imagePullPolicy: config.pullPolicy,
    command: [`/usr/local/bin/${worker}`],
    env: [
      { name: specVariable, value: JSON.stringify(spec) },
      { name: 'LOG_LEVEL', value: config.logLevel },
    ],
    resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '1Gi' } },
    securityContext: containerSecurity,
    volumeMounts: [{ name: IDENTITY, mountPath: MachinePaths.config, readOnly: true }, ...mounts],
    ...(startupProbe && { startupProbe }),
    ...(devices && { volumeDevices: [...devices] }),
  };
}
