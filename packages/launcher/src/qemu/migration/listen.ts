import type { MachineIncoming } from '@hypersdk/api/machine';
import type { QmpClient } from 'qemu-monitor';
import type { Paths } from '../../pod/paths.ts';
import { nodeName } from '../devices/disk.ts';
import { setCapabilities } from './capabilities.ts';
import { addCredentials, letInOnly, MIGRATION_TLS, ONLY_SOURCE } from './credentials.ts';
import { unlessRefused } from '../disks/refusable.ts';
import { capabilitiesOf } from './pod-to-pod.ts';
import { type PostCopyAbility, postCopyAbility } from './post-copy-ability.ts';

/**
 * Lets the source, and nobody else, send a guest and its disks to a QEMU that was started to await one. Resolves with whether
 * its memory may follow it.
 */
export async function listenForGuest(
  client: QmpClient,
  incoming: MachineIncoming,
  paths: Pick<Paths, 'config' | 'runtime'>,
): Promise<PostCopyAbility | undefined> {
  await addCredentials(client, 'server', paths);
  await letInOnly(client, incoming.source);
  if (incoming.mirrored.length > 0) await serveDisks(client, incoming);
  const postCopy = await postCopyAbility(client, incoming);
  await setCapabilities(client, [
    ...capabilitiesOf(incoming),
    ...(postCopy?.possible ? (['postcopy-ram'] as const) : []),
  ]);
  await client.execute('migrate-set-parameters', {
    'tls-creds': MIGRATION_TLS,
    'tls-authz': ONLY_SOURCE,
    'multifd-channels': incoming.streams,
  });
  // It stays and says what went wrong.
  await client.execute('migrate-incoming', { uri: addressOf(incoming), 'exit-on-error': false });
  return postCopy;
}

const addressOf = ({ memoryPort }: MachineIncoming): string => `tcp:[::]:${memoryPort}`;

/**
 * Lets the source send what is left over another connection. A processor that waits for memory may hold QEMU's main loop up,
 * so that it hears only what comes out of band. Rejects with CommandError where QEMU holds on to the old one.
 */
export async function listenAnew(client: QmpClient, incoming: MachineIncoming): Promise<void> {
  await unlessRefused(client.executeOob('migrate-pause'));
  await client.executeOob('migrate-recover', { uri: addressOf(incoming) });
}

async function serveDisks(client: QmpClient, { mirrored, diskPort }: MachineIncoming): Promise<void> {
  await stopServingDisks(client);
  await client.execute('nbd-server-start', {
    addr: { type: 'inet', data: { host: '::', port: String(diskPort) } },
    'tls-creds': MIGRATION_TLS,
    'tls-authz': ONLY_SOURCE,
  });
  for (const disk of mirrored) {
    const node = nodeName(disk);
    await client.execute('block-export-add', {
      ...{ type: 'nbd', id: node, 'node-name': node, name: disk, writable: true },
    });
  }
}

/** The disks are the guest's alone from then on. */
export async function stopServingDisks(client: QmpClient): Promise<void> {
  await unlessRefused(client.execute('nbd-server-stop'));
}
