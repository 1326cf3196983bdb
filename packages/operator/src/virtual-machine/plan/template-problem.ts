import { isConditionTrue } from '@hypersdk/api';
import type { Observed } from '../observed.ts';
import type { Outcome } from '../status/outcome.ts';

/** Why a VM cannot start from its template yet, or undefined when it can. A VM with disks does not need the image again. */
export function templateProblem({
  vm,
  template,
}: Observed): Pick<Outcome, 'phase' | 'reason' | 'message' | 'progress'> | undefined {
  const reference = vm.spec.image?.templateRef;
  if (!reference) return undefined;
  const name = `${reference.namespace ?? vm.metadata.namespace ?? ''}/${reference.name}`;
  if (!template) {
    const message = `VMTemplate ${name} does not exist: create it, and the VM starts`;
    return { phase: 'Pending', reason: 'TemplateNotFound', message, progress: 'stalled' };
  }
  if (template.status?.ready) return undefined;
  const isFailed =
    template.status?.phase === 'Failed' || isConditionTrue(template.status?.conditions, 'Stalled');
  const cause = template.status?.conditions?.find(({ type }) => type === 'Ready')?.message;
  const message = `VMTemplate ${name} is not ready${cause ? `: ${cause}` : ''}`;
  return {
    phase: 'Pending',
    reason: 'TemplateNotReady',
    message,
    progress: isFailed ? 'stalled' : 'progressing',
  };
}
