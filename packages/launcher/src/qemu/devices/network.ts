import type { MachineNetwork, MachineSpec } from '@hypersdk/api/machine';
import { pluggablePlace, virtio } from './bus.ts';
import { device, netdev } from './options.ts';

/** Made by the pod's network sidecar, and QEMU's own to open. */
const TAP = 'tap0';

export function networkDevices(spec: MachineSpec): string[] {
  return spec.networks.flatMap((network, index) => [
    ...backend(network, index, spec.name),
    ...device({
      driver: virtio(spec.machineType, 'net'),
      id: `net-${network.name}`,
      netdev: `netdev${index}`,
      mac: network.mac,
      ...pluggablePlace(spec.machineType, 'network', index),
    }),
  ]);
}

function backend(network: MachineNetwork, index: number, hostname: string): string[] {
  switch (network.binding) {
    case 'masquerade':
      return netdev({ type: 'tap', id: `netdev${index}`, ifname: TAP, script: 'no', downscript: 'no' });
    case 'user':
      return userNetwork(network, index, hostname);
  }
}

/** Slirp: each declared port of the pod's IP is forwarded to the guest's port of that number. */
function userNetwork(network: MachineNetwork, index: number, hostname: string): string[] {
  const hostfwd = network.ports.map(({ port, protocol }) => ({
    str: `${protocol.toLowerCase()}::${port}-:${port}`,
  }));
  return netdev({ type: 'user', id: `netdev${index}`, hostname, ...(hostfwd.length > 0 && { hostfwd }) });
}
