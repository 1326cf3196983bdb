/** What a VM tells of its template: what it was made from, and what it has from there now. */
import { inheritedFields, type VirtualMachineStatus } from '@hypersdk/api';
import { hasContent } from '../disks/claims.ts';
import { standsOn } from '../disks/disk-image.ts';
import { rootClaimOf } from '../disks/root-image.ts';
import type { Observed } from '../observed.ts';

type TemplateStatus = VirtualMachineStatus['template'];

/** One that cannot be found now, or is shared no more, takes nothing back of what was told. */
export function templateStatus(observed: Observed): TemplateStatus {
  const { vm, template } = observed;
  if (!template) return vm.spec.image?.templateRef ? vm.status?.template : undefined;
  const inherited = inheritedFields(vm.spec, template.spec);
  return {
    name: template.metadata.name,
    namespace: template.metadata.namespace ?? '',
    ...madeFrom(observed, template),
    ...(inherited.length > 0 && { inherited }),
  };
}

/** Until its root disk is made a VM follows its template; from then on it was made from what it was made from. */
function madeFrom(
  { vm, spec, image, claims }: Observed,
  template: NonNullable<Observed['template']>,
): Pick<NonNullable<TemplateStatus>, 'version' | 'image'> {
  const before = vm.status?.template;
  const root = rootClaimOf(vm, spec);
  const isBegun = standsOn({ claims }, root.claimName) !== undefined || hasContent(vm, root);
  if (before?.image !== undefined && isBegun) {
    const { version, image: made } = before;
    return { ...(version !== undefined && { version }), image: made };
  }
  const { version } = template.spec;
  return { ...(version !== undefined && { version }), ...(image?.name && { image: image.name }) };
}
