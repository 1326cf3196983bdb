/** Where a pod of a migration may be. The scheduler decides, with one more thing to heed. */
import type { Pod } from '@hypersdk/kube';

export type Placement =
  | { readonly type: 'on'; readonly node: string }
  /** On any other than these. */
  | { readonly type: 'off'; readonly nodes: readonly string[] };

type PodSpec = NonNullable<Pod['spec']>;
type NodeAffinity = NonNullable<NonNullable<PodSpec['affinity']>['nodeAffinity']>;
type Terms = NonNullable<NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']>['nodeSelectorTerms'];

/** Of the terms that a user requires one must hold, so each of them is narrowed. */
export function placed(pod: Pod, placement: Placement): Pod {
  const { spec } = pod;
  if (!spec) return pod;
  const before = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const terms: Terms = before?.nodeSelectorTerms ?? [{}];
  const fields = requirement(placement);
  const nodeSelectorTerms = terms.map((term) => ({
    ...term,
    matchFields: [...(term.matchFields ?? []), ...fields],
  }));
  const nodeAffinity = {
    ...spec.affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
  };
  return { ...pod, spec: { ...spec, affinity: { ...spec.affinity, nodeAffinity } } };
}

/** By name, which a label would not be sure to be; a field takes one value at a time. */
function requirement(placement: Placement): NonNullable<Terms[number]['matchFields']> {
  const key = 'metadata.name';
  return placement.type === 'on'
    ? [{ key, operator: 'In', values: [placement.node] }]
    : placement.nodes.map((node) => ({ key, operator: 'NotIn', values: [node] }));
}
