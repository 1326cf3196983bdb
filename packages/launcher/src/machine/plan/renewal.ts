import type { MachineState } from '@hypersdk/api/machine';
import type { Job } from './action.ts';
import type { Observed, RunningQemu } from '../observe/observed.ts';

type Told = Pick<Observed, 'record' | 'spec' | 'guestAgent'>;

/** What makes the guest of a clone another than the one whose memory it goes on from; it has to run to take part in it. */
export function renewalJobs(observed: Told, qemu: Pick<RunningQemu, 'status'>): Job[] {
  if (qemu.status !== 'running') return [];
  return [...networkJobs(observed), ...guestJobs(observed)];
}

/** What that guest still has of its source's. A guest that has rebooted has found by itself that it is another. */
export function inherited({ record }: Pick<Told, 'record'>): MachineState['inherited'] {
  const { launch, renewedNetworks = [], renewedGuest, reboots } = record;
  const { formerMacs } = launch?.renewal ?? {};
  if (!launch || !formerMacs) return undefined;
  const others = launch.spec.networks.filter(({ name, mac }) => (formerMacs[name] ?? mac) !== mac);
  const names = others.map(({ name }) => name);
  return {
    networks: names.filter((name) => !renewedNetworks.includes(name)),
    guest: !renewedGuest && !reboots,
  };
}

function networkJobs({ record }: Told): Job[] {
  const { launch } = record;
  const { networks: left = [] } = inherited({ record }) ?? {};
  return left.flatMap((name) => {
    const index = launch?.spec.networks.findIndex((network) => network.name === name) ?? -1;
    const network = launch?.spec.networks[index];
    const formerMac = launch?.renewal?.formerMacs[name];
    if (!launch || !network || formerMac === undefined) return [];
    const { machineType } = launch.spec;
    return [{ type: 'renew-network', network, index, formerMac, machineType }];
  });
}

/** As soon as an agent answers. */
function guestJobs({ record, spec, guestAgent }: Told): Job[] {
  const { renewal } = record.launch ?? {};
  if (!renewal || !inherited({ record })?.guest || guestAgent?.connection !== 'Connected') return [];
  return [{ type: 'renew-guest', hostname: renewal.hostname, uuid: spec.uuid }];
}
