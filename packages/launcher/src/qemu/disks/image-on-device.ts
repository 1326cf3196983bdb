/**
 * An image that is copied onto a block volume. A device has no name to be renamed to when it is whole, and what is on it says
 * nothing: a guest may have wiped it. So the operator is told that it is made, and the guest starts only once its spec calls
 * the disk existing; until then nobody but the copy has ever written it, and it may be copied again.
 */
import type { MachineDisk } from '@hypersdk/api/machine';
import { ProblemError } from '../../problem.ts';
import { syncPath } from '../../files/write-file-atomically.ts';
import { copyToDevice, imageInfo, type ImageLayer } from './disk-image.ts';
import type { Making } from './making.ts';

export function isImageOnDevice({ volume, source }: MachineDisk): boolean {
  return volume.type === 'block' && source.type === 'image';
}

/** On stable storage when it resolves. Throws ProblemError where the volume is too small. */
export async function copyOntoDevice(
  { name }: MachineDisk,
  device: string,
  image: Pick<ImageLayer, 'file' | 'virtualSize'>,
  making: Making,
): Promise<void> {
  const { virtualSize } = await imageInfo(device, { format: 'raw', signal: making.signal });
  if (virtualSize < image.virtualSize) {
    const message = `Disk ${name}: its block volume has ${virtualSize} bytes and its image ${image.virtualSize}; give the disk a larger size.`;
    throw new ProblemError({ reason: 'NoSpace', message, disk: name });
  }
  await copyToDevice({ from: image.file, fromFormat: 'qcow2', to: device, ...making });
  await syncPath(device);
}
