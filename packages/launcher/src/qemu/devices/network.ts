import type { MachineNetwork, MachineSpec } from '@hypersdk/api/machine';
import type { PodNetwork } from '../network/pod-network.ts';
import { type MachineType, pluggablePlace, virtio } from './bus.ts';
import { device, netdev, type Properties } from './options.ts';
import { tapName } from './tap-name.ts';

/** Each network has a subnet of its own, by its place: 10.0.2.0/24, 10.0.3.0/24 and so on, in every pod. */
const FIRST_SUBNET = 2;

export function networkDevices(spec: MachineSpec, pod: PodNetwork): string[] {
  return spec.networks.flatMap((network, index) => [
    ...netdev(networkBackend(network, index, { hostname: spec.name, pod })),
    ...device(networkInterface(spec.machineType, network, index, pod)),
  ]);
}

/** The interface of a network that the machine is built with. */
export function networkInterface(
  type: MachineType,
  network: MachineNetwork,
  index: number,
  pod: PodNetwork,
): Properties & { readonly driver: string } {
  return {
    ...networkDevice(type, network, index),
    // The guest's driver takes it, also where its DHCP client asks for none. Slirp is a host of its own, of 1500.
    ...(network.binding === 'masquerade' && pod.mtu !== undefined && { host_mtu: pod.mtu }),
  };
}

export const networkDeviceId = (network: string): string => `net-${network}`;
export const backendId = (index: number): string => `netdev${index}`;
/** The place of the interface that has this backend. */
export const placeOf = (backend: string): number => Number(backend.slice('netdev'.length));

/** The interface that the guest sees, in the place of that number, as `-device` and `device_add` take it. */
export function networkDevice(
  type: MachineType,
  { name, mac }: Pick<MachineNetwork, 'name' | 'mac'>,
  index: number,
): Properties & { readonly driver: string } {
  return {
    driver: virtio(type, 'net'),
    id: networkDeviceId(name),
    netdev: backendId(index),
    mac,
    ...pluggablePlace(type, 'network', index),
  };
}

interface Surroundings {
  readonly hostname: string;
  readonly pod: PodNetwork;
}

/** What is behind it, as `-netdev` and `netdev_add` take it. */
export function networkBackend(
  network: MachineNetwork,
  index: number,
  surroundings: Surroundings,
): Properties {
  switch (network.binding) {
    case 'masquerade':
      return { type: 'tap', id: backendId(index), ifname: tapName(index), script: 'no', downscript: 'no' };
    case 'user':
      return userNetwork(network, index, surroundings);
  }
}

/** Slirp: each declared port of the pod's IP is forwarded to the guest's port of that number. */
function userNetwork({ ports }: MachineNetwork, index: number, { hostname, pod }: Surroundings): Properties {
  const hostfwd = ports.map(({ port, protocol }) => ({ str: `${protocol.toLowerCase()}::${port}-:${port}` }));
  const dnssearch = pod.searchDomains.map((str) => ({ str }));
  return {
    type: 'user',
    id: backendId(index),
    hostname,
    net: `10.0.${FIRST_SUBNET + index}.0/24`,
    'ipv6-prefix': `fec0:0:0:${index}::`,
    ...(dnssearch[0] && { domainname: dnssearch[0].str, dnssearch }),
    ...(hostfwd.length > 0 && { hostfwd }),
  };
}
