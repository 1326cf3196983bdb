import type { MachineNetwork, MachineSpec } from '@hypersdk/api/machine';
import { pluggablePlace, virtio } from './bus.ts';
import { device, netdev } from './options.ts';

export function networkDevices(spec: MachineSpec): string[] {
  return spec.networks.flatMap((network, index) => [
    ...userNetwork(network, index, spec.name),
    ...device({
      driver: virtio(spec.machineType, 'net'),
      id: `net-${network.name}`,
      netdev: `netdev${index}`,
      mac: network.mac,
      ...pluggablePlace(spec.machineType, 'network', index),
    }),
  ]);
}

/** Slirp: each declared port of the pod's IP is forwarded to the guest's port of that number. */
function userNetwork(network: MachineNetwork, index: number, hostname: string): string[] {
  const hostfwd = network.ports.map(({ port, protocol }) => ({
    str: `${protocol.toLowerCase()}::${port}-:${port}`,
  }));
  return netdev({ type: 'user', id: `netdev${index}`, hostname, ...(hostfwd.length > 0 && { hostfwd }) });
}
