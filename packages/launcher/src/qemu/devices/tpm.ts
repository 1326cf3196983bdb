import type { RuntimeFiles } from '../../pod/runtime-files.ts';
import { device } from './options.ts';

/** QEMU talks to the emulator by its control socket; the TPM's state travels in QEMU's migration stream. */
export function tpmDevice(files: RuntimeFiles): string[] {
  return [
    ...['-chardev', `socket,id=tpm,path=${files.tpm}`],
    ...['-tpmdev', 'emulator,id=tpm0,chardev=tpm'],
    ...device({ driver: 'tpm-crb', id: 'tpm', tpmdev: 'tpm0' }),
  ];
}
