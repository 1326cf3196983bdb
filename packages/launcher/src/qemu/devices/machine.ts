import type { MachineSpec } from '@hypersdk/api/machine';
import { firmwareMachine } from './firmware.ts';
import { MEMORY_ID } from './memory.ts';

const variants = {
  q35: ['q35', 'hpet=off', 'vmport=off'],
  pc: ['pc', 'hpet=off', 'vmport=off'],
  microvm: ['microvm', 'acpi=on', 'rtc=on', 'isa-serial=off'],
} as const satisfies Record<MachineSpec['machineType'], readonly string[]>;

export function machine(spec: MachineSpec): string[] {
  return [
    ...['-name', `guest=${spec.namespace}/${spec.name},debug-threads=on`],
    ...['-uuid', spec.uuid],
    ...['-machine', machineProperties(spec).join(',')],
    ...['-rtc', 'base=utc,driftfix=slew'],
    ...['-boot', 'strict=on'],
  ];
}

function machineProperties({ machineType, firmware }: MachineSpec): string[] {
  return [
    ...variants[machineType],
    // System management mode is what guards UEFI's keys; nothing else needs it, and it costs time.
    ...(machineType === 'q35' ? [`smm=${firmware?.secureBoot ? 'on' : 'off'}`] : []),
    ...firmwareMachine(firmware),
    `memory-backend=${MEMORY_ID}`,
    'dump-guest-core=off',
  ];
}
