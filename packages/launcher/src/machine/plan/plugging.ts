import { isPluggable, isPluggableNetwork } from '../../qemu/plug/pluggable.ts';
import type { Job } from './action.ts';
import type { Observed, RunningQemu } from '../observe/observed.ts';
import { runningNetworks } from '../record.ts';

/** Disks and networks that are to come to the running machine, or to go from it. */
export function pluggingJobs(observed: Observed, qemu: RunningQemu): Job[] {
  return [
    ...diskPlugs(observed, qemu),
    ...diskUnplugs(observed, qemu),
    ...networkPlugs(observed, qemu),
    ...networkUnplugs(observed, qemu),
  ];
}

/** A disk whose volume this pod does not have waits until another one serves it. */
function diskPlugs({ spec, unmounted }: Observed, { disks }: RunningQemu): Job[] {
  const has = (name: string): boolean => disks.some((disk) => disk.name === name);
  const isThere = (name: string): boolean =>
    !unmounted.includes(name) || (spec.attachments?.some(({ disk }) => disk === name) ?? false);
  return spec.disks
    .filter((disk) => isPluggable(spec.machineType, disk) && !has(disk.name) && isThere(disk.name))
    .map((disk) => ({ type: 'plug-disk', disk, machineType: spec.machineType }));
}

function diskUnplugs({ spec, record }: Observed, { disks, detached }: RunningQemu): Job[] {
  const started = record.launch?.spec;
  return unwanted([...disks, ...detached], spec.disks).flatMap(({ name }) => {
    const disk = started?.disks.find((candidate) => candidate.name === name);
    const mayGo = !started || !disk || isPluggable(started.machineType, disk);
    return mayGo ? [{ type: 'unplug-disk', name } as const] : [];
  });
}

function networkPlugs({ spec, record }: Observed, { networks }: RunningQemu): Job[] {
  const started = record.launch?.spec ?? spec;
  return spec.networks
    .filter((network) => isPluggableNetwork(started, network) && !networks.includes(network.name))
    .map((network) => ({ type: 'plug-network', network, hostname: spec.name }));
}

function networkUnplugs({ spec, record }: Observed, { networks }: RunningQemu): Job[] {
  const started = record.launch?.spec ?? spec;
  const known = runningNetworks(record).filter(({ name }) => networks.includes(name));
  return unwanted(known, spec.networks)
    .filter((network) => isPluggableNetwork(started, network))
    .map(({ name }) => ({ type: 'unplug-network', name }));
}

function unwanted<T extends { readonly name: string }>(
  those: readonly T[],
  wanted: readonly { readonly name: string }[],
): T[] {
  return those.filter(({ name }) => !wanted.some((other) => other.name === name));
}
