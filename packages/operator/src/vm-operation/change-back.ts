/** How the VM's spec and power are as before the operation. Pure. */
import type { ChangedFields } from '@hypersdk/api';
import type { Undoing } from './kind.ts';
import type { ObservedOperation } from './observed.ts';

/** What somebody else has written since stays. */
export function changeBack({ operation: { status }, vm }: ObservedOperation): Undoing | undefined {
  const { change, vmUid } = status ?? {};
  if (!change || vm?.metadata.uid !== vmUid || !vm) return undefined;
  const { before, after } = change;
  const fields = Object.keys(after) as (keyof ChangedFields)[]; // of a schema that has no others
  const ours = fields.filter((field) => vm.spec[field] === after[field]);
  if (ours.length === 0) return undefined;
  const patch = Object.fromEntries(ours.map((field) => [field, before[field] ?? null]));
  return { actions: [{ type: 'patchVm', vm, patch }] };
}

/** Where power is not in spec, the VM's own reconcile takes it back; see `wantedPower`. */
export function powerBack({ operation: { status, metadata }, vm }: ObservedOperation): Undoing | undefined {
  const power = vm?.metadata.uid === status?.vmUid ? vm?.status?.power : undefined;
  if (!power || power.by !== metadata.name || status?.fromPower === undefined) return undefined;
  return power.desired === status.fromPower ? undefined : {};
}
