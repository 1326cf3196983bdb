import type { Namespace } from '@hypersdk/kube';

/** A level of the Pod Security Standards, as a namespace enforces it. */
export type PodSecurityLevel = 'privileged' | 'baseline' | 'restricted';

export const ENFORCE_LABEL = 'pod-security.kubernetes.io/enforce';

/** Admission takes an absent label for privileged, and one that it cannot read for restricted. */
export function podSecurityLevel({ metadata }: Namespace): PodSecurityLevel {
  const level = metadata.labels?.[ENFORCE_LABEL] ?? 'privileged';
  return level === 'privileged' || level === 'baseline' ? level : 'restricted';
}
