import type { MachineNetwork, MachineSpec } from '@hypersdk/api/machine';
import type { PodNetwork } from '../pod-network.ts';
import { pluggablePlace, virtio } from './bus.ts';
import { device, netdev } from './options.ts';

/** Each network has a subnet of its own, by its place: 10.0.2.0/24, 10.0.3.0/24 and so on, in every pod. */
const FIRST_SUBNET = 2;

export function networkDevices(spec: MachineSpec, pod: PodNetwork): string[] {
  return spec.networks.flatMap((network, index) => [
    ...backend(network, index, { hostname: spec.name, pod }),
    ...device({
      driver: virtio(spec.machineType, 'net'),
      id: `net-${network.name}`,
      netdev: `netdev${index}`,
      mac: network.mac,
      // The guest's driver takes it, also where its DHCP client asks for none. Slirp is a host of its own, of 1500.
      ...(network.binding === 'masquerade' && pod.mtu !== undefined && { host_mtu: pod.mtu }),
      ...pluggablePlace(spec.machineType, 'network', index),
    }),
  ]);
}

interface Surroundings {
  readonly hostname: string;
  readonly pod: PodNetwork;
}

function backend(network: MachineNetwork, index: number, surroundings: Surroundings): string[] {
  switch (network.binding) {
    case 'masquerade':
      return netdev({
        type: 'tap',
        id: `netdev${index}`,
        ifname: tapName(index),
        script: 'no',
        downscript: 'no',
      });
    case 'user':
      return userNetwork(network, index, surroundings);
  }
}

/** Made by the pod's network sidecar, and QEMU's own to open. */
export const tapName = (index: number): string => `tap${index}`;

/** Slirp: each declared port of the pod's IP is forwarded to the guest's port of that number. */
function userNetwork({ ports }: MachineNetwork, index: number, { hostname, pod }: Surroundings): string[] {
  const hostfwd = ports.map(({ port, protocol }) => ({ str: `${protocol.toLowerCase()}::${port}-:${port}` }));
  const dnssearch = pod.searchDomains.map((str) => ({ str }));
  return netdev({
    type: 'user',
    id: `netdev${index}`,
    hostname,
    net: `10.0.${FIRST_SUBNET + index}.0/24`,
    'ipv6-prefix': `fec0:0:0:${index}::`,
    ...(dnssearch[0] && { domainname: dnssearch[0].str, dnssearch }),
    ...(hostfwd.length > 0 && { hostfwd }),
  });
}
