import type { RuntimeFiles } from '../../pod/runtime-files.ts';
import { fixedPlace, type MachineType } from './bus.ts';
import { device } from './options.ts';

/** The wrapper's copy of the container's stdout; QEMU refuses descriptors 0 to 2 in a set. */
const CONSOLE_FD = 4;

/**
 * The first serial port is a socket for consoles and, whether anyone listens or not, the container's log.
 * The log goes through a descriptor set because uid 107 may not reopen /dev/stdout.
 */
export function serialConsole(files: RuntimeFiles): string[] {
  return [
    ...['-add-fd', `fd=${CONSOLE_FD},set=1,opaque=console-log`],
    '-chardev',
    `socket,id=serial0,path=${files.serial},server=on,wait=off,logfile=/dev/fdset/1,logappend=on`,
    ...device({ driver: 'isa-serial', id: 'serial0', chardev: 'serial0' }),
  ];
}

export function graphicalConsole(type: MachineType, files: RuntimeFiles): string[] {
  if (type === 'microvm') return [];
  return [
    ...['-vnc', `unix:${files.vnc},share=force-shared`],
    ...device({ driver: 'VGA', id: 'vga', ...fixedPlace(type, 'vga') }),
  ];
}
