import type { MachineOutgoing } from '@hypersdk/api/machine';
import type { QmpClient } from 'qemu-monitor';
import type { Paths } from '../../pod/paths.ts';
import { setCapabilities } from './capabilities.ts';
import { addCredentials, MIGRATION_TLS, removeObject } from './credentials.ts';
import { beginMirror, dropMirrors, endMirror, mirrorIsReady } from './mirror.ts';
import { capabilitiesOf } from './pod-to-pod.ts';

export interface Sending {
  readonly outgoing: MachineOutgoing;
  readonly paths: Pick<Paths, 'config' | 'runtime'>;
  readonly signal: AbortSignal;
}

/** Gets everything to where only memory is left to be sent. Whatever an earlier attempt left is done away with first. */
export async function prepareToSend(client: QmpClient, { outgoing, paths, signal }: Sending): Promise<void> {
  await dropMirrors(client, signal);
  await addCredentials(client, 'client', paths);
  for (const disk of outgoing.mirrored) await beginMirror(client, disk, outgoing);
  await Promise.all(outgoing.mirrored.map((disk) => mirrorIsReady(client, disk, signal)));
  await setCapabilities(client, [
    ...capabilitiesOf(outgoing),
    ...(outgoing.autoConverge ? (['auto-converge'] as const) : []),
    ...(outgoing.postCopy ? (['postcopy-ram'] as const) : []),
  ]);
  await client.execute('migrate-set-parameters', {
    'tls-creds': MIGRATION_TLS,
    'tls-hostname': outgoing.target,
    'max-bandwidth': outgoing.bandwidth,
    // Of what follows the guest unasked; a page that it waits for comes at once.
    'max-postcopy-bandwidth': outgoing.bandwidth,
    'downtime-limit': outgoing.downtime,
    'multifd-channels': outgoing.streams,
    ...THROTTLING,
  });
}

/** Percent of its time that a guest may be held up at most. */
export const MOST_THROTTLE = 99;
/** By steps that come to that in four passes: QEMU's own of 10 take nine, each as long as all of what was changed takes. */
const THROTTLING = {
  'cpu-throttle-initial': 30,
  'cpu-throttle-increment': 25,
  'max-cpu-throttle': MOST_THROTTLE,
};

export async function sendMemory(client: QmpClient, outgoing: MachineOutgoing): Promise<void> {
  await client.execute('migrate', { uri: addressOf(outgoing) });
}

export function addressOf({ host, memoryPort }: MachineOutgoing): string {
  return `tcp:${host.includes(':') ? `[${host}]` : host}:${memoryPort}`;
}

/** At `pre-switchover` the guest stands still: its disks are whole at the target before its last state goes there. */
export async function switchOver(client: QmpClient, { outgoing, signal }: Sending): Promise<void> {
  await Promise.all(outgoing.mirrored.map((disk) => endMirror(client, disk, signal)));
  await client.execute('migrate-continue', { state: 'pre-switchover' });
}

/** After a migration that came to nothing. */
export async function tidyUp(client: QmpClient, signal: AbortSignal): Promise<void> {
  await dropMirrors(client, signal);
  await client.execute('migrate-set-parameters', { 'tls-creds': '', 'tls-hostname': '' });
  await removeObject(client, MIGRATION_TLS);
}
