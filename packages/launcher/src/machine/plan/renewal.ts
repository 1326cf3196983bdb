import type { MachineState } from '@hypersdk/api/machine';
import type { Job } from './action.ts';
import type { Observed, RunningQemu } from '../observe/observed.ts';
import type { MachineRecord } from '../record.ts';

type Told = Pick<Observed, 'record' | 'spec' | 'guestAgent'>;

/** What makes the guest of a clone another than the one whose memory it goes on from; it has to run to take part in it. */
export function renewalJobs(observed: Told, qemu: Pick<RunningQemu, 'status' | 'networks'>): Job[] {
  if (qemu.status !== 'running') return [];
  return [...networkJobs(observed, qemu), ...guestJobs(observed)];
}

/** What that guest still has of its source's. A guest that has rebooted has found by itself that it is another. */
export function inherited({ record }: Pick<Told, 'record'>): MachineState['inherited'] {
  const { launch, renewedNetworks = [], renewedGuest, reboots } = record;
  if (!launch?.renewal) return undefined;
  return {
    networks: withOtherMacs(record).filter((name) => !renewedNetworks.includes(name)),
    guest: !renewedGuest && !reboots,
  };
}

/** Of networks that the source had, too. */
function withOtherMacs({ launch }: MachineRecord): string[] {
  const { spec, renewal } = launch ?? {};
  const others = spec?.networks.filter(({ name, mac }) => (renewal?.formerMacs[name] ?? mac) !== mac) ?? [];
  return others.map(({ name }) => name);
}

/**
 * Those that are left, and those that the guest has let go of again: one that was asked twice for its interface, because it
 * was slow to let go, may do so twice, and then the second is the new one.
 */
function networkJobs({ record, spec }: Told, { networks }: Pick<RunningQemu, 'networks'>): Job[] {
  const { launch } = record;
  const { networks: left = [] } = inherited({ record }) ?? {};
  const isWanted = (name: string): boolean => spec.networks.some((network) => network.name === name);
  const wanted = withOtherMacs(record).filter(
    (name) => left.includes(name) || (isWanted(name) && !networks.includes(name)),
  );
  return wanted.flatMap((name) => {
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
