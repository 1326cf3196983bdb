import type { MachineSpec } from '@hypersdk/api/machine';
import { MEMORY_ID } from './memory.ts';

const variants = {
  q35: 'q35,smm=off,hpet=off,vmport=off',
  pc: 'pc,hpet=off,vmport=off',
  microvm: 'microvm,acpi=on,rtc=on,isa-serial=off',
} as const satisfies Record<MachineSpec['machineType'], string>;

export function machine(spec: MachineSpec): string[] {
  return [
    ...['-name', `guest=${spec.namespace}/${spec.name},debug-threads=on`],
    ...['-uuid', spec.uuid],
    ...['-machine', `${variants[spec.machineType]},memory-backend=${MEMORY_ID},dump-guest-core=off`],
    ...['-rtc', 'base=utc,driftfix=slew'],
    ...['-boot', 'strict=on'],
  ];
}
