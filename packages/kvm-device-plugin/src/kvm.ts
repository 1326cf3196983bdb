import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeviceSpec } from './device-plugin-api.ts';

export const RESOURCE = 'devices.hypersdk.io/kvm';

/** Read and write; never mknod. */
export const kvmDevice: DeviceSpec = { containerPath: '/dev/kvm', hostPath: '/dev/kvm', permissions: 'rw' };

/**
 * Whether the kernel has a character device of KVM now. Every container sees the kernel's sysfs, read-only; the node's
 * /dev it would have to be given.
 */
export async function hasKvm(sysfs: string): Promise<boolean> {
  try {
    await stat(join(sysfs, 'class/misc/kvm/dev'));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
