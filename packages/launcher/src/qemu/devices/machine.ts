import type { MachineSpec } from '@hypersdk/api/machine';
import { firmwareMachine } from './firmware.ts';
import { MEMORY_ID } from './memory.ts';

const properties = {
  q35: ['hpet=off', 'vmport=off'],
  pc: ['hpet=off', 'vmport=off'],
  microvm: ['acpi=on', 'rtc=on', 'isa-serial=off'],
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

function machineProperties({ machineType, firmware, room }: MachineSpec): string[] {
  return [
    // A guest that boots gets the newest devices of this QEMU; one that goes on, those that it knows.
    room?.machine ?? machineType,
    ...properties[machineType],
    // System management mode is what guards UEFI's keys; nothing else needs it, and it costs time.
    ...(machineType === 'q35' ? [`smm=${firmware?.secureBoot ? 'on' : 'off'}`] : []),
    ...firmwareMachine(firmware),
    `memory-backend=${MEMORY_ID}`,
    'dump-guest-core=off',
  ];
}
