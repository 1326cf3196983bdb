import { fixedPlace, type MachineType, virtio } from './bus.ts';
import { blockdev, device } from './options.ts';

/** The cloud-init seed: cloud-init finds it by its volume label, on whatever device it sits. */
export function seedDevice(type: MachineType, path: string): string[] {
  return [
    ...blockdev({
      driver: 'raw',
      'node-name': 'seed',
      'read-only': true,
      file: { driver: 'file', 'node-name': 'seed.file', filename: path, 'read-only': true },
    }),
    ...device({ driver: virtio(type, 'blk'), id: 'seed', drive: 'seed', ...fixedPlace(type, 'seed') }),
  ];
}
