import type { RuntimeFiles } from '../../pod/runtime-files.ts';

export const SWTPM = 'swtpm';

/**
 * The TPM emulator's argument vector, its own name first. As a daemon it returns once its socket listens; it ends with
 * QEMU's connection. It locks its state, so that of two machines on one volume the second has no TPM, and no guest.
 */
export function swtpmArguments(state: string, files: RuntimeFiles): string[] {
  return [
    ...[SWTPM, 'socket', '--tpm2', '--daemon', '--terminate'],
    ...['--tpmstate', `dir=${state},mode=0600`],
    ...['--ctrl', `type=unixio,path=${files.tpm},mode=0600`],
  ];
}
