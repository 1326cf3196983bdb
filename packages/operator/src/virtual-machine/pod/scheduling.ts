import { Labels, type EffectiveSpec } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';

type PodSpec = NonNullable<Pod['spec']>;
type PreferredNodes = NonNullable<
  NonNullable<
    NonNullable<PodSpec['affinity']>['nodeAffinity']
  >['preferredDuringSchedulingIgnoredDuringExecution']
>[number];

/** An API server or kubelet that is away for a while must not evict a guest that runs well. */
export const PATIENT: NonNullable<PodSpec['tolerations']> = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
];

/** The most that a preference can weigh; what the user prefers may weigh as much. */
const GREEN_NODES: PreferredNodes = {
  weight: 100,
  preference: { matchExpressions: [{ key: Labels.greenEnergy, operator: 'In', values: ['true'] }] },
};

/** What the VM's user says of its place, as the scheduler reads it. */
export function scheduling(spec: EffectiveSpec): Partial<PodSpec> {
  const { tolerations = [], ...place } = placement(spec);
  return {
    ...place,
    tolerations: [...PATIENT, ...tolerations],
    ...(spec.topologySpreadConstraints && { topologySpreadConstraints: spec.topologySpreadConstraints }),
  };
}

export type Placement = Pick<PodSpec, 'tolerations' | 'nodeSelector' | 'affinity' | 'priorityClassName'>;

/** Of a worker on the VM's volumes, which may be where only the VM can go. */
export function placement(spec: EffectiveSpec): Placement {
  const affinity = affinityOf(spec);
  return {
    ...(spec.tolerations && { tolerations: spec.tolerations }),
    ...(spec.nodeSelector && { nodeSelector: spec.nodeSelector }),
    ...(affinity && { affinity }),
    ...(spec.priorityClassName && { priorityClassName: spec.priorityClassName }),
  };
}

function affinityOf({ affinity, carbonAware }: EffectiveSpec): PodSpec['affinity'] {
  if (!carbonAware?.enabled || !carbonAware.preferGreenEnergy) return affinity;
  const nodes = affinity?.nodeAffinity;
  const preferred = [...(nodes?.preferredDuringSchedulingIgnoredDuringExecution ?? []), GREEN_NODES];
  return {
    ...affinity,
    nodeAffinity: { ...nodes, preferredDuringSchedulingIgnoredDuringExecution: preferred },
  };
}
