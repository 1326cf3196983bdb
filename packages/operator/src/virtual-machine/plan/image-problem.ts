import { hasContent } from '../disks/claims.ts';
import { diskImageProblem, standsOn } from '../disks/disk-image.ts';
import { rootClaimOf } from '../disks/root-image.ts';
import type { Observed } from '../observed.ts';
import type { Outcome } from '../status/outcome.ts';

type Problem = Pick<Outcome, 'phase' | 'reason' | 'message' | 'progress'>;

/** Why a VM cannot start from its images yet, or undefined when it can. */
export function imageProblem(observed: Observed): Problem | undefined {
  return rootImageProblem(observed) ?? diskImageProblem(observed);
}

function rootImageProblem(observed: Observed): Problem | undefined {
  const { vm, template, image } = observed;
  const reference = vm.spec.image?.templateRef;
  if (reference && !template) return templateNotFound(vm, reference);
  if (!image || !needsImage(observed, image)) return undefined;
  const { state } = image;
  if (state.type === 'ready') return undefined;
  const progress = state.type === 'failed' && state.isFinal ? 'stalled' : 'progressing';
  if (!template) return { phase: 'Pending', reason: state.reason, message: state.message, progress };
  const name = `${template.metadata.namespace ?? ''}/${template.metadata.name}`;
  const message = `VMTemplate ${name} is not ready: ${state.message}`;
  return { phase: 'Pending', reason: 'TemplateNotReady', message, progress };
}

/** A copy of an image that is made stands alone. */
function needsImage({ vm, spec, claims }: Observed, image: NonNullable<Observed['image']>): boolean {
  const root = rootClaimOf(vm, spec);
  return !hasContent(vm, root) || standsOn({ claims }, root.claimName) === image.name;
}

/** Nobody learns here whether another namespace has a template that it does not share. */
function templateNotFound(
  { metadata: { namespace = '' } }: Observed['vm'],
  reference: { readonly name: string; readonly namespace?: string | undefined },
): Problem {
  const home = reference.namespace ?? namespace;
  const name = `${home}/${reference.name}`;
  const message =
    home === namespace
      ? `VMTemplate ${name} does not exist: create it, and the VM starts`
      : `VMTemplate ${name} does not exist, or is not shared: its spec.sharedWith has to name ${namespace}`;
  return { phase: 'Pending', reason: 'TemplateNotFound', message, progress: 'stalled' };
}
