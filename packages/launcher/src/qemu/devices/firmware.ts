import type { MachineFirmware } from '@hypersdk/api/machine';
import { blockdev } from './options.ts';

/** What OVMF runs from, and where it keeps its variables. */
export interface UefiFiles {
  readonly code: string;
  readonly variables: string;
}

const CODE = 'uefi-code';
const VARIABLES = 'uefi-variables';

/** Properties of the machine: its flash, and the mode in which alone the firmware may write its variables. */
export function firmwareMachine(firmware: MachineFirmware | undefined): string[] {
  if (firmware?.bootloader !== 'uefi') return [];
  return [`pflash0=${CODE}`, `pflash1=${VARIABLES}`];
}

/** QEMU's migration stream carries the flash's content, so the target's file need only be there. */
export function firmwareFlash({ secureBoot }: MachineFirmware, { code, variables }: UefiFiles): string[] {
  return [
    ...flash(CODE, code, true),
    ...flash(VARIABLES, variables, false),
    // As OVMF's README has it: without the first, an operating system could write the keys that it is checked by.
    ...(secureBoot ? ['-global', 'driver=cfi.pflash01,property=secure,value=on'] : []),
    ...(secureBoot ? ['-global', 'ICH9-LPC.disable_s3=1'] : []),
  ];
}

function flash(name: string, filename: string, readOnly: boolean): string[] {
  return blockdev({
    driver: 'raw',
    'node-name': name,
    'read-only': readOnly,
    file: { driver: 'file', 'node-name': `${name}.file`, filename, 'read-only': readOnly },
  });
}
