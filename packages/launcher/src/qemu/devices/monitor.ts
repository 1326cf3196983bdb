import type { RuntimeFiles } from '../../pod/runtime-files.ts';

/**
 * The launcher's QMP socket, and the actions that leave the last word to it: a guest that shuts down or
 * panics stays stopped inside QEMU until the launcher has read why and sends `quit`.
 */
export function monitor(files: RuntimeFiles): string[] {
  return [
    ...['-chardev', `socket,id=qmp,path=${files.qmp},server=on,wait=off`],
    ...['-mon', 'chardev=qmp,mode=control'],
    ...['-action', 'shutdown=pause,panic=pause'],
  ];
}
