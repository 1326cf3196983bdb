import { fixedPlace, type MachineType, virtio } from './bus.ts';
import { device, object } from './options.ts';

/** Entropy, memory that the guest gives back as it frees it, and word of a guest's panic. */
export function paravirtualDevices(type: MachineType): string[] {
  return [
    ...object({ 'qom-type': 'rng-random', id: 'entropy', filename: '/dev/urandom' }),
    ...device({ driver: virtio(type, 'rng'), id: 'rng', rng: 'entropy', ...fixedPlace(type, 'rng') }),
    ...device({
      driver: virtio(type, 'balloon'),
      id: 'balloon',
      'free-page-reporting': true,
      'deflate-on-oom': true,
      ...fixedPlace(type, 'balloon'),
    }),
    ...(type === 'microvm' ? [] : device({ driver: 'pvpanic', id: 'pvpanic' })),
  ];
}
