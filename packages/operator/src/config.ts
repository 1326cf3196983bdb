/** The operator's configuration: environment variables, which the Helm chart sets from its values. */
import { hostname } from 'node:os';
import * as z from 'zod';
import { FeatureGates } from './feature-gates.ts';
import { carbonConfig, type CarbonConfig } from './carbon/config.ts';
import { drainConfig, type DrainConfig } from './drain/config.ts';

const Environment = z.object({
  POD_NAME: z.string().default(hostname()),
  POD_NAMESPACE: z.string().default('hypersdk-system'),
  LAUNCHER_IMAGE: z.string(),
  LAUNCHER_IMAGE_PULL_POLICY: z.enum(['Always', 'IfNotPresent', 'Never']).default('IfNotPresent'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
  /** Of a golden volume whose template gives no size. */
  IMPORT_VOLUME_SIZE: z.string().default('10Gi'),
  DEFAULT_ACCELERATION: z.enum(['auto', 'kvm', 'tcg']).default('auto'),
  /** The chart's value `carbon` as JSON. */
  CARBON: z.string().default('{}'),
  /** Of the request header that `carbon.http.header` names. */
  CARBON_HEADER: z.string().optional(),
  /** The chart's value `drain` as JSON. */
  DRAIN: z.string().default('{}'),
  LINKED_CLONE_SOURCE_DELETION: z.enum(['Refuse', 'Keep', 'Flatten']).default('Refuse'),
  /** Snapshots of a VM that says nothing of its own. */
  MAX_SNAPSHOTS_PER_VM: z.coerce.number().int().min(1).max(1000).default(32),
  /** As in `InstantClone=true`. */
  FEATURE_GATES: FeatureGates.default(new Set()),
  /** Of /dev/kvm on the nodes, where it is not open to all. */
  KVM_GROUP_ID: z.coerce.number().int().min(1).optional(),
  HEALTH_PORT: z.coerce.number().int().default(8081),
  METRICS_PORT: z.coerce.number().int().default(9090),
});

export interface Config {
  readonly podName: string;
  readonly namespace: string;
  readonly launcherImage: string;
  readonly pullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  readonly logLevel: string;
  readonly importVolumeSize: string;
  readonly acceleration: 'auto' | 'kvm' | 'tcg';
  readonly carbon: CarbonConfig;
  readonly drain: DrainConfig;
  /** Whether linked clones are flattened when their source is deleted. */
  readonly flattensOrphans: boolean;
  readonly maxSnapshots: number;
  readonly featureGates: FeatureGates;
  readonly kvmGroupId?: number;
  readonly healthPort: number;
  readonly metricsPort: number;
}

/** Throws a message that names every bad variable. */
export function loadConfig(environment: NodeJS.ProcessEnv): Config {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) throw new Error(`bad configuration: ${z.prettifyError(parsed.error)}`);
  const env = parsed.data;
  return {
    podName: env.POD_NAME,
    namespace: env.POD_NAMESPACE,
    launcherImage: env.LAUNCHER_IMAGE,
    pullPolicy: env.LAUNCHER_IMAGE_PULL_POLICY,
    logLevel: env.LOG_LEVEL,
    importVolumeSize: env.IMPORT_VOLUME_SIZE,
    acceleration: env.DEFAULT_ACCELERATION,
    carbon: carbonConfig(env.CARBON, env.CARBON_HEADER),
    drain: drainConfig(env.DRAIN),
    flattensOrphans: env.LINKED_CLONE_SOURCE_DELETION === 'Flatten',
    maxSnapshots: env.MAX_SNAPSHOTS_PER_VM,
    featureGates: env.FEATURE_GATES,
    ...(env.KVM_GROUP_ID !== undefined && { kvmGroupId: env.KVM_GROUP_ID }),
    healthPort: env.HEALTH_PORT,
    metricsPort: env.METRICS_PORT,
  };
}
