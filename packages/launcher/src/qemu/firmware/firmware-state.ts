import { constants } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineFirmware } from '@hypersdk/api/machine';
import { hasCode } from '../../files/errno.ts';
import { exists } from '../../files/exists.ts';
import { ProblemError } from '../../problem.ts';
import { commitFile } from '../../files/write-file-atomically.ts';
import type { UefiFiles } from '../devices/firmware.ts';

const VARIABLES = 'uefi.fd';
const SECURE_BOOT_VARIABLES = 'uefi-secure-boot.fd';
const TPM = 'tpm2';

/** All that is kept; swtpm replaces its file by a rename, and what else is in its directory is of one run. */
export const FIRMWARE_FILES = [VARIABLES, SECURE_BOOT_VARIABLES, join(TPM, 'tpm2-00.permall')] as const;

/** Where a machine's UEFI runs from and keeps its variables, given the directory of UEFI's images. */
export function uefiFiles({ directory, secureBoot }: MachineFirmware, images: string): UefiFiles {
  return secureBoot
    ? { code: join(images, 'OVMF_CODE_4M.secboot.fd'), variables: join(directory, SECURE_BOOT_VARIABLES) }
    : { code: join(images, 'OVMF_CODE_4M.fd'), variables: join(directory, VARIABLES) };
}

/** Variables as a machine first has them. Those of Secure Boot hold the keys of Microsoft, which signs for Debian and others. */
const firstVariables = ({ secureBoot }: MachineFirmware, images: string): string =>
  join(images, secureBoot ? 'OVMF_VARS_4M.ms.fd' : 'OVMF_VARS_4M.fd');

export const tpmState = ({ directory }: MachineFirmware): string => join(directory, TPM);

export async function isFirmwareStateReady(firmware: MachineFirmware, images: string): Promise<boolean> {
  const wanted = [
    ...(firmware.bootloader === 'uefi' ? [uefiFiles(firmware, images).variables] : []),
    ...(firmware.tpm ? [tpmState(firmware)] : []),
  ];
  return (await Promise.all(wanted.map(exists))).every(Boolean);
}

/** Makes what is missing; what is there is never touched. An empty TPM is made one by its emulator's first start. */
export async function makeFirmwareState(firmware: MachineFirmware, images: string): Promise<void> {
  try {
    if (firmware.bootloader === 'uefi') await makeVariables(firmware, images);
    if (firmware.tpm) await mkdir(tpmState(firmware), { mode: 0o700, recursive: false }).catch(unlessExists);
  } catch (error) {
    throw stateFailure(error);
  }
}

async function makeVariables(firmware: MachineFirmware, images: string): Promise<void> {
  const { variables } = uefiFiles(firmware, images);
  if (await exists(variables)) return;
  const partial = `${variables}.partial`;
  await rm(partial, { force: true });
  await copyFile(firstVariables(firmware, images), partial, constants.COPYFILE_EXCL);
  await commitFile(partial, variables);
}

function stateFailure(error: unknown): unknown {
  if (hasCode(error, 'ENOSPC')) {
    const message = 'The volume of the firmware state is full.';
    return new ProblemError({ reason: 'NoSpace', message }, { cause: error });
  }
  if (hasCode(error, 'ENOENT')) {
    const message =
      'The volume of the firmware state is not mounted in this pod, or UEFI is not in its image.';
    return new ProblemError({ reason: 'VolumeMissing', message }, { cause: error });
  }
  return error;
}

function unlessExists(error: unknown): void {
  if (!hasCode(error, 'EEXIST')) throw error;
}
