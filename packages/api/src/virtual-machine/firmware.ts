import * as z from 'zod';
import { ObjectName } from '../schema/names.ts';
import { rules, type Rule } from '../schema/rules.ts';

const pvc = z
  .object({ name: ObjectName.describe('Name of the claim, in the same namespace.') })
  .describe("An existing claim, which stays the user's: it is never deleted with the VM.");

const source = z
  .object({ pvc })
  .describe("A claim with the UEFI variables and TPM state that another VM left. Default: the VM's own.");

export const Firmware = z
  .object({
    bootloader: z.enum(['bios', 'uefi']).default('bios').describe('Firmware that starts the guest.'),
    secureBoot: z.boolean().default(false).describe('Let UEFI start signed code only.'),
    tpm: z.boolean().default(false).describe('Give the guest a TPM 2.0 whose state is kept.'),
    source: source.optional(),
  })
  .meta(
    rules(
      {
        rule: "!self.secureBoot || self.bootloader == 'uefi'",
        message: 'secureBoot needs bootloader uefi',
        fieldPath: '.secureBoot',
      },
      {
        rule: "!has(self.source) || self.tpm || self.bootloader == 'uefi'",
        message: 'BIOS without a TPM keeps nothing: source needs bootloader uefi or tpm',
        fieldPath: '.source',
      },
    ),
  );

const uefi = "has(self.firmware) && self.firmware.bootloader == 'uefi'";
const microvm = "has(self.machineType) && self.machineType == 'microvm'";

/** What firmware and machine do not go together; for the schema that has both as fields. */
export const firmwareRules: readonly Rule[] = [
  {
    rule: `!(${uefi}) || !(${microvm})`,
    message: 'machineType microvm has no UEFI: use q35 or pc',
    fieldPath: '.firmware.bootloader',
  },
  {
    rule: `!has(self.firmware) || !self.firmware.tpm || !(${microvm})`,
    message: 'machineType microvm has no TPM: use q35 or pc',
    fieldPath: '.firmware.tpm',
  },
  {
    rule: "!has(self.firmware) || !self.firmware.secureBoot || !has(self.machineType) || self.machineType == 'q35'",
    message: 'secureBoot needs machineType q35, whose system management mode guards the variables',
    fieldPath: '.firmware.secureBoot',
  },
];

export type Firmware = z.infer<typeof Firmware>;

/** Whether anything of it outlives the guest's runs: UEFI's variables, or the state of a TPM. */
export function keepsState(firmware: Firmware | undefined): firmware is Firmware {
  return firmware !== undefined && (firmware.tpm || firmware.bootloader === 'uefi');
}
