/** What to say of one VMTemplate, and when to let it go. Pure: its image is imported for whoever wants it. */
import { Finalizers, type VMTemplateStatus } from '@hypersdk/api';
import { templateWish, unsupportedSource } from '../image/wish.ts';
import type { ObservedTemplate } from './observed.ts';
import { announceable, templateStatus, type Told } from './status.ts';

export interface TemplatePlan {
  readonly finalizer: 'add' | 'remove' | 'leave';
  readonly status: VMTemplateStatus;
  readonly event?: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string };
}

export function planTemplate(observed: ObservedTemplate, now: Date): TemplatePlan {
  const { template } = observed;
  if (template.metadata.deletionTimestamp) return planDeletion(observed, now);
  const isHeld = template.metadata.finalizers?.includes(Finalizers.vmTemplate);
  return { ...told(observed, tellOf(observed), now), finalizer: isHeld ? 'leave' : 'add' };
}

/** Linked disks stand on its image, so the template stays until the last of them is gone. */
function planDeletion(observed: ObservedTemplate, now: Date): TemplatePlan {
  const dependents = dependentsOf(observed);
  if (dependents.length === 0) return { finalizer: 'remove', status: observed.template.status ?? {} };
  const names = dependents.map(({ metadata }) => metadata.name).join(', ');
  const message = `Disks of these VMs stand on the image: ${names}. Delete them, and the template goes`;
  const phase = observed.template.status?.phase ?? 'Ready';
  return told(observed, { phase, reason: 'InUse', message, isStalled: true }, now);
}

function dependentsOf({ template, image, users }: ObservedTemplate): ObservedTemplate['users'] {
  const file = `/${image.name}/`;
  return users.filter(
    ({ metadata, status }) =>
      metadata.namespace === template.metadata.namespace &&
      status?.disks?.some(({ chain }) => chain?.some((path) => path.includes(file))),
  );
}

function tellOf({ template, image: { name, state } }: ObservedTemplate): Told {
  const kind = unsupportedSource(templateWish(template));
  if (kind !== undefined) {
    const message = `image.source.${kind} is not implemented in this version: use http or containerDisk`;
    return { phase: 'Failed', reason: 'NotImplemented', message, isStalled: true };
  }
  switch (state.type) {
    case 'importing': {
      const { reason, attempts, progress } = state;
      const percent = progress === undefined ? '' : `: ${progress} %`;
      return { phase: 'Importing', reason, message: state.message + percent, attempts, progress };
    }
    case 'failed': {
      const { reason, message, attempts, isFinal } = state;
      return { phase: 'Failed', reason, message, attempts, isStalled: isFinal };
    }
    case 'ready': {
      const { attempts, virtualSize, time } = state;
      const imported = { claim: name, virtualSize, time };
      return { phase: 'Ready', reason: 'Imported', message: 'The image is imported', attempts, imported };
    }
  }
}

function told(observed: ObservedTemplate, what: Told, now: Date): TemplatePlan {
  const status = templateStatus(observed, what, now);
  return { finalizer: 'leave', status, ...announceable(observed.template, what) };
}
