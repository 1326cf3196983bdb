import { access, constants } from 'node:fs/promises';
import type { MachineSpec } from '@hypersdk/api/machine';
import { ProblemError } from '../problem.ts';
import type { Acceleration } from './record.ts';

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
  try {
    await access(DEVICE, constants.R_OK | constants.W_OK);
  } catch {
    return `The pod has no usable ${DEVICE}.`;
  }
  // Only pods that were given the device pay for the probe.
  const { probeAccelerator } = await import('../qemu/accelerator-probe.ts');
  return probeAccelerator('kvm', scratch, signal);
}
