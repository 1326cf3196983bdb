/** How the image that several want is imported. The most patient of them decides. */
import { parseDuration, type VMImage } from '@hypersdk/api';
import { MAX_ATTEMPTS } from './golden-image.ts';

export interface ImportPolicy {
  /** False when all who want the image want it only if it is there. */
  readonly imports: boolean;
  readonly attempts: number;
  /** Milliseconds that one attempt may take; undefined for as long as it takes. */
  readonly timeout: number | undefined;
}

/** Of templates, and of VMs that name a source themselves. */
export const DEFAULT_POLICY: ImportPolicy = { imports: true, attempts: MAX_ATTEMPTS, timeout: undefined };

/** `others`: how many beside the VMImages want the image. */
export function importPolicy(vmImages: readonly VMImage[], others: number): ImportPolicy {
  const wanted = vmImages.map(policyOf).filter(({ imports }) => imports);
  const policies = others > 0 ? [DEFAULT_POLICY, ...wanted] : wanted;
  const timeouts = policies.flatMap(({ timeout }) => timeout ?? []);
  return {
    imports: policies.length > 0,
    attempts: Math.max(1, ...policies.map(({ attempts }) => attempts)),
    timeout: timeouts.length < policies.length || timeouts.length === 0 ? undefined : Math.max(...timeouts),
  };
}

function policyOf({ spec: { prepare } }: VMImage): ImportPolicy {
  return {
    imports: prepare?.onMissing !== 'Fail',
    attempts: prepare ? prepare.retries + 1 : MAX_ATTEMPTS,
    timeout: prepare?.timeout === undefined ? undefined : parseDuration(prepare.timeout),
  };
}
