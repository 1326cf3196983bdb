import { createHash } from 'node:crypto';
import type { EffectiveSpec, VirtualMachine } from '@hypersdk/api';

/**
 * From uid and network, so that it is the same for the VM's life; 0x52 is unicast and local. The 40 bits after it
 * make two of 20,000 VMs alike once in 5,000 clusters.
 */
export function macAddress(vm: VirtualMachine, network: EffectiveSpec['networks'][number]): string {
  const kept = vm.status?.networks?.find(({ name }) => name === network.name)?.macAddress;
  if (network.macAddress ?? kept) return (network.macAddress ?? kept ?? '').toLowerCase();
  const digest = createHash('sha256')
    .update(`${vm.metadata.uid ?? ''}/${network.name}`)
    .digest('hex');
  return ['52', ...[0, 2, 4, 6, 8].map((at) => digest.slice(at, at + 2))].join(':');
}
