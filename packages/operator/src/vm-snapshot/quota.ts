import type { ObservedSnapshot } from './observed.ts';
import { isHeld } from './of-vm.ts';

type Quota =
  /** Somebody has to delete one first: none is deleted to make room. */
  | { readonly type: 'exceeded'; readonly message: string }
  /** One is going already. */
  | { readonly type: 'waits'; readonly message: string };

/** What stands against one more snapshot of the VM; each is a layer of its disks, that the guest reads through. */
export function quotaOf({
  vm,
  family,
  config,
}: Pick<ObservedSnapshot, 'vm' | 'family' | 'config'>): Quota | undefined {
  if (!vm) return undefined;
  const field = vm.spec.snapshot?.maxCount;
  const most = field ?? config.maxSnapshots;
  const held = family.filter((one) => isHeld(one) && one.status?.vmUid === vm.metadata.uid);
  if (held.length < most) return undefined;
  const going = held.find(({ metadata }) => metadata.deletionTimestamp !== undefined);
  const staying = held.filter(({ metadata }) => metadata.deletionTimestamp === undefined).length;
  if (going && staying < most) {
    return { type: 'waits', message: `Waiting until VMSnapshot ${going.metadata.name} is deleted` };
  }
  const by =
    field === undefined ? "the operator's snapshots.maxPerVM allows" : 'spec.snapshot.maxCount allows';
  const message = `VirtualMachine ${vm.metadata.name} has ${staying} snapshots, as many as ${by}: delete one, or raise spec.snapshot.maxCount of the VM, then take another`;
  return { type: 'exceeded', message };
}
