/** What the launcher has taken in, and has still to carry out. Pure. */
import { attachmentName, servedChain, type MachineDisk, type MachineDiskState } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import type { Observed } from '../observed.ts';
import type { Power } from './power.ts';
import { droppedLayers, machineRequest, wantedMachine } from './wanted-machine.ts';

/** A disk is on its way: it grows, or comes, or goes, or is flattened. */
export function isDiskMoving(observed: Observed, pod: Pod, power: Power): boolean {
  const { machine } = observed;
  const wanted = wantedMachine(observed, pod, power)?.disks.filter(({ empty }) => !empty);
  if (machine.type !== 'state' || !wanted) return false;
  const { disks, restartAwaiting } = machine.state;
  const waits = (name: string): boolean => restartAwaiting.some(({ field }) => field === `disks[${name}]`);
  const names = new Set([...disks, ...wanted].map(({ name }) => name));
  return [...names]
    .filter((name) => !waits(name))
    .some((name) => {
      const now = disks.find((disk) => disk.name === name);
      const then = wanted.find((disk) => disk.name === name);
      return !now || !then || isChanging(now, then) || isFlattening(now, then);
    });
}

function isChanging({ virtualSize, chain }: MachineDiskState, wanted: MachineDisk): boolean {
  const { device, size, volume } = wanted;
  if (device === 'disk') return virtualSize < size;
  const [file] = chain;
  if (file === servedChain(attachmentName(wanted))) return false;
  return file !== undefined && volume.type === 'filesystem' && !file.startsWith(`${volume.directory}/`);
}

function isFlattening({ chain }: MachineDiskState, { flatten, volume }: MachineDisk): boolean {
  if (!flatten || volume.type !== 'filesystem') return false;
  return chain.slice(1).some((file) => !file.startsWith(`${volume.directory}/`));
}

/** An interface comes or goes. A launcher that does not tell of networks cannot plug them either. */
export function isNetworkMoving(observed: Observed, pod: Pod, power: Power): boolean {
  const { machine } = observed;
  const wanted = wantedMachine(observed, pod, power)?.networks.map(({ name }) => name);
  if (machine.type !== 'state' || !machine.state.networks || !wanted) return false;
  const { networks, restartAwaiting } = machine.state;
  const moving = [
    ...wanted.filter((name) => !networks.includes(name)),
    ...networks.filter((name) => !wanted.includes(name)),
  ];
  return moving.some((name) => !restartAwaiting.some(({ field }) => field === `networks[${name}]`));
}

export function isDropPending(observed: Observed): boolean {
  const { machine } = observed;
  const dropped = (machine.type === 'state' && machine.state.droppedLayers) || [];
  return droppedLayers(observed).some((id) => !dropped.includes(id));
}

/** The launcher has taken the request in, and has still to carry it out. */
export function isRequestPending(observed: Observed, pod: Pod): boolean {
  const { machine } = observed;
  const request = machineRequest(observed, pod);
  return request !== undefined && machine.type === 'state' && machine.state.lastRequest !== request.id;
}
