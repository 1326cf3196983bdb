import type { Job } from './action.ts';
import type { Observed, RunningQemu } from './observed.ts';

type Told = Pick<Observed, 'record' | 'spec' | 'guestAgent'>;

/** What makes the guest of a clone another than the one whose memory it goes on from; it has to run to take part in it. */
export function renewalJobs(observed: Told, qemu: Pick<RunningQemu, 'status'>): Job[] {
  if (!observed.record.launch?.renewal || qemu.status !== 'running') return [];
  return [...networkJobs(observed), ...guestJobs(observed)];
}

function networkJobs({ record }: Told): Job[] {
  const { launch, renewedNetworks = [] } = record;
  const { machineType, networks } = launch?.spec ?? { networks: [] };
  return networks.flatMap((network, index) => {
    const formerMac = launch?.renewal?.formerMacs[network.name];
    const isOwn = formerMac === undefined || formerMac === network.mac;
    if (isOwn || renewedNetworks.includes(network.name) || !machineType) return [];
    return [{ type: 'renew-network', network, index, formerMac, machineType }];
  });
}

/** As soon as an agent answers. A guest that has rebooted has found by itself that it is another. */
function guestJobs({ record, spec, guestAgent }: Told): Job[] {
  const { launch, renewedGuest, reboots } = record;
  if (!launch?.renewal || renewedGuest || reboots || guestAgent?.connection !== 'Connected') return [];
  return [{ type: 'renew-guest', hostname: launch.renewal.hostname, uuid: spec.uuid }];
}
