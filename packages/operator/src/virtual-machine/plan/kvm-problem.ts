import { KVM_RESOURCE } from '../acceleration/kvm.ts';
import type { Observed } from '../observed.ts';
import type { Outcome } from '../status/outcome.ts';
import { KVM_NOT_OFFERED } from '../acceleration/kvm.ts';

/** Why a VM that runs with nothing but KVM cannot start, or undefined when it can. */
export function kvmProblem({
  spec,
  template,
  config,
  isKvmOffered,
}: Observed): Pick<Outcome, 'phase' | 'reason' | 'message' | 'progress'> | undefined {
  if ((spec.acceleration ?? config.acceleration) !== 'kvm' || isKvmOffered) return undefined;
  const selected = spec.nodeSelector ? ' and that nodeSelector admits' : '';
  const isRequired = template?.spec.requiredFeatures?.includes('kvm');
  const instead = isRequired ? '; the template requires kvm' : ', or use acceleration auto or tcg';
  const message = `No node that is ready${selected} offers ${KVM_RESOURCE}: set kvmDevicePlugin.enabled in the operator's chart${instead}`;
  return { phase: 'Pending', reason: KVM_NOT_OFFERED, message, progress: 'stalled' };
}
