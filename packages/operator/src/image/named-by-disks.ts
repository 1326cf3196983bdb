/** The objects that disks are made of, by the VMs and templates whose disks name them. */
import type { Disk, VirtualMachine, VMTemplate } from '@hypersdk/api';
import { disksOf } from './wish.ts';

const nameIn = {
  vmImage: (source: NonNullable<Disk['source']>) => source.image?.name,
  snapshot: (source: NonNullable<Disk['source']>) => source.snapshot?.name,
  /** Claims that are given to VMs have no label of ours. */
  claim: (source: NonNullable<Disk['source']>) => source.pvc?.name,
};

export type Named = keyof typeof nameIn;

function namesIn(what: Named, disks: readonly Disk[]): string[] {
  return disks.flatMap(({ source }) => (source && nameIn[what](source)) ?? []);
}

/** Keys of what a VM's disks name. */
export function namedBy(what: Named, vm: VirtualMachine, template: VMTemplate | undefined): string[] {
  return namesIn(what, disksOf(vm, template)).map((name) => `${vm.metadata.namespace ?? ''}/${name}`);
}

/** For the caches' indexes. Of templates names alone: they are looked for in the namespaces of the template's VMs. */
export const namedByVm =
  (what: Named) =>
  (vm: VirtualMachine): string[] =>
    namedBy(what, vm, undefined);
export const namedByTemplate =
  (what: Named) =>
  ({ spec }: VMTemplate): string[] =>
    namesIn(what, spec.defaultSpec?.disks ?? []);
