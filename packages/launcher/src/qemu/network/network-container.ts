/**
 * How the pod's network container, which makes taps and rules, hears of networks that come to the running guest and go from
 * it: `packages/launcher/wrapper/guest-network` reads what is written here.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { MachineNetwork } from '@hypersdk/api/machine';
import { hasCode } from '../../files/errno.ts';
import { ProblemError, TransientError } from '../../problem.ts';
import type { RuntimeFiles } from '../../pod/runtime-files.ts';
import { tapName } from '../devices/tap-name.ts';
import { writeToReader } from '../process/fifo.ts';
import { isUp } from './pod-network.ts';

/** Its place says tap and subnet. */
export interface PlacedNetwork extends MachineNetwork {
  readonly place: number;
}

/** Milliseconds in which the container makes a tap; and between two looks, since nobody tells of links. */
const PATIENCE = 10_000;
const LOOK = 50;

/** The main network, which has all other ports, is the first that is masqueraded. */
export function networksFile(networks: readonly PlacedNetwork[]): string {
  const members = networks.filter(({ binding }) => binding === 'masquerade');
  const portsOf = ({ ports }: MachineNetwork): string[] =>
    ports.map(({ port, protocol }) => `${protocol.toLowerCase()},${port}`);
  return [
    ['networks', ...members.map(({ name, place, mac }) => `${name},${place},${mac}`)],
    [
      'network-ports',
      ...members.slice(1).flatMap((each) => portsOf(each).map((port) => `${each.place},${port}`)),
    ],
    ['pod-ports', ...networks.filter(({ binding }) => binding === 'user').flatMap(portsOf)],
  ]
    .map((words) => words.join(' ') + '\n')
    .join('');
}

/** Nothing for a pod without such a container. */
export async function tellNetworkContainer(
  networks: readonly PlacedNetwork[],
  files: RuntimeFiles,
): Promise<void> {
  if (!networks.some(({ binding }) => binding === 'masquerade')) return;
  const partial = `${files.networks}.new`;
  // The container reads it as a member of the pod's group.
  await writeFile(partial, networksFile(networks), { mode: 0o640 });
  await rename(partial, files.networks);
  if (await writeToReader(files.networksFifo, '\n')) return;
  const message =
    'The network container of this pod, of an earlier version, takes no networks while the guest runs; restart the VM.';
  throw new ProblemError({ reason: 'RestartNeeded', message });
}

/** Resolves when the tap is tied to the pod's network for the interface of this address. */
export async function tapReady({ name, place, mac }: PlacedNetwork, signal: AbortSignal): Promise<void> {
  const tap = tapName(place);
  const end = AbortSignal.timeout(PATIENCE);
  while (!((await isUp(tap)) && (await aliasOf(tap)) === mac)) {
    if (end.aborted) {
      const message = `Network ${name}: the pod's network container has not made ${tap}; it is tried again.`;
      throw new TransientError({ reason: 'TapMissing', message, network: name });
    }
    await delay(LOOK, undefined, { signal });
  }
}

async function aliasOf(link: string): Promise<string> {
  try {
    return (await readFile(`/sys/class/net/${link}/ifalias`, 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  }
}
