import type { MachineOutgoing } from '@hypersdk/api/machine';
import type { QmpClient } from 'qemu-monitor';
import type { Paths } from '../../paths.ts';
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
  ]);
  await client.execute('migrate-set-parameters', {
    'tls-creds': MIGRATION_TLS,
    'tls-hostname': outgoing.target,
    'max-bandwidth': outgoing.bandwidth,
    'downtime-limit': outgoing.downtime,
    'multifd-channels': outgoing.streams,
  });
}

export async function sendMemory(client: QmpClient, { host, memoryPort }: MachineOutgoing): Promise<void> {
  const address = host.includes(':') ? `[${host}]` : host;
  await client.execute('migrate', { uri: `tcp:${address}:${memoryPort}` });
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
