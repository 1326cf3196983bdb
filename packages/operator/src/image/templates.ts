/** Which VMs start from which template. */
import type { VirtualMachine, VMTemplate } from '@hypersdk/api';
import { keyOf } from '@hypersdk/kube';
import type { Caches } from '../caches.ts';

/** The template that a VM names, unless it lies in a namespace that does not share it with the VM's. */
export function templateOf(caches: Pick<Caches, 'templates'>, vm: VirtualMachine): VMTemplate | undefined {
  const key = templateKeyOf(vm);
  const template = key === undefined ? undefined : caches.templates.get(key);
  return template && maySee(vm, template) ? template : undefined;
}

export function templateKeyOf({ spec, metadata }: VirtualMachine): string | undefined {
  const reference = spec.image?.templateRef;
  return reference && `${reference.namespace ?? metadata.namespace ?? ''}/${reference.name}`;
}

export function maySee({ metadata: { namespace = '' } }: VirtualMachine, template: VMTemplate): boolean {
  const { sharedWith = [] } = template.spec;
  return (
    template.metadata.namespace === namespace || sharedWith.includes('*') || sharedWith.includes(namespace)
  );
}

/** The VMs that name a template and may. */
export function vmsOf(caches: Pick<Caches, 'virtualMachines'>, template: VMTemplate): VirtualMachine[] {
  const vms = caches.virtualMachines.byIndex('template', keyOf(template));
  return vms.filter((vm) => maySee(vm, template));
}
