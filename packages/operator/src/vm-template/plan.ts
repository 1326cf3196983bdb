/** What to say of one VMTemplate, and when to let it go. Pure: its image is imported for whoever wants it. */
import { Finalizers, type VMTemplateStatus } from '@hypersdk/api';
import { announceable, type ImageUserPlan } from '../image/told-status.ts';
import { tellOfImport, type Told } from '../image/told.ts';
import type { ObservedTemplate } from './observed.ts';
import { templateStatus } from './status.ts';

export type TemplatePlan = ImageUserPlan<VMTemplateStatus>;
type Phase = NonNullable<VMTemplateStatus['phase']>;

export function planTemplate(observed: ObservedTemplate, now: Date): TemplatePlan {
  const { template } = observed;
  if (template.metadata.deletionTimestamp) return planDeletion(observed, now);
  const phaseOf = () => 'Importing' as const;
  const isHeld = template.metadata.finalizers?.includes(Finalizers.vmTemplate);
  return {
    ...told(observed, tellOfImport({ ...observed, phaseOf }), now),
    finalizer: isHeld ? 'leave' : 'add',
  };
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
  return users.filter(({ metadata, status }) => {
    // One that was made before the template's image was changed stands on the image of then.
    const file = `/${status?.template?.image ?? image.name}/`;
    return (
      metadata.namespace === template.metadata.namespace &&
      status?.disks?.some(({ chain }) => chain?.some((path) => path.includes(file)))
    );
  });
}

function told(observed: ObservedTemplate, what: Told<Phase>, now: Date): TemplatePlan {
  const status = templateStatus(observed, what, now);
  return { finalizer: 'leave', status, ...announceable(observed.template, what) };
}
