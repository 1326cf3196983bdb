import { createHash } from 'node:crypto';
import type { EffectiveSpec, VirtualMachine } from '@hypersdk/api';

/** From uid and network, so that it is the same for the VM's life and no other VM's; 0x52 is unicast and local. */
export function macAddress(vm: VirtualMachine, network: EffectiveSpec['networks'][number]): string {
  const kept = vm.status?.networks?.find(({ name }) => name === network.name)?.macAddress;
  if (network.macAddress ?? kept) return (network.macAddress ?? kept ?? '').toLowerCase();
  const digest = createHash('sha256')
    .update(`${vm.metadata.uid ?? ''}/${network.name}`)
    .digest('hex');
  return ['52', '54', ...[0, 2, 4, 6].map((at) => digest.slice(at, at + 2))].join(':');
}
