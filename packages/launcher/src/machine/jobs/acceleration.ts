import { access, constants } from 'node:fs/promises';
import type { MachineSpec } from '@hypersdk/api/machine';
import { hasCode } from '../../files/errno.ts';
import { ProblemError } from '../../problem.ts';
import type { Acceleration } from '../record.ts';

const DEVICE = '/dev/kvm';

/**
 * `auto` takes KVM only where a guest has been seen to run with it: a device that opens and creates a VM
 * may still hang every guest. Throws ProblemError when `kvm` is demanded and unusable.
 */
export async function resolveAcceleration(
  wanted: MachineSpec['acceleration'],
  scratch: string,
  signal: AbortSignal,
): Promise<Acceleration> {
  if (wanted === 'tcg') return { type: 'tcg', reason: 'The spec asks for it.' };
  const obstacle = await kvmObstacle(scratch, signal);
  if (!obstacle) return { type: 'kvm', reason: 'A probe guest ran with it.' };
  if (wanted === 'auto') return { type: 'tcg', reason: obstacle };
  const message = `${obstacle} Use acceleration auto, or a node where KVM works.`;
  throw new ProblemError({ reason: 'KvmUnusable', message });
}

/** Why KVM cannot be used, or undefined when it can. */
async function kvmObstacle(scratch: string, signal: AbortSignal): Promise<string | undefined> {
  const refusal = await deviceRefusal(DEVICE);
  if (refusal) return refusal;
  // Only pods that were given the device pay for the probe.
  const { probeAccelerator } = await import('../../qemu/process/accelerator-probe.ts');
  return probeAccelerator('kvm', scratch, signal);
}

/** Why the device cannot be opened, or undefined when it can. */
export async function deviceRefusal(device: string): Promise<string | undefined> {
  try {
    await access(device, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return `The pod was given no ${device}.`;
    const cause = error instanceof Error ? error.message : String(error);
    const cure = "its group can be named by kvmDevicePlugin.groupId of the operator's chart";
    return `The pod may not open ${device} (${cause}): ${cure}.`;
  }
}
