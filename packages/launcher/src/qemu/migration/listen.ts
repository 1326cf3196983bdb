import type { MachineIncoming } from '@hypersdk/api/machine';
import type { QmpClient } from 'qemu-monitor';
import type { Paths } from '../../paths.ts';
import { nodeName } from '../devices/disk.ts';
import { setCapabilities } from './capabilities.ts';
import { addCredentials, letInOnly, MIGRATION_TLS, ONLY_SOURCE } from './credentials.ts';
import { unlessRefused } from '../refusable.ts';
import { capabilitiesOf } from './pod-to-pod.ts';

/** Lets the source, and nobody else, send a guest and its disks to a QEMU that was started to await one. */
export async function listenForGuest(
  client: QmpClient,
  incoming: MachineIncoming,
  paths: Pick<Paths, 'config' | 'runtime'>,
): Promise<void> {
  await addCredentials(client, 'server', paths);
  await letInOnly(client, incoming.source);
  if (incoming.mirrored.length > 0) await serveDisks(client, incoming);
  await setCapabilities(client, capabilitiesOf(incoming));
  await client.execute('migrate-set-parameters', {
    'tls-creds': MIGRATION_TLS,
    'tls-authz': ONLY_SOURCE,
    'multifd-channels': incoming.streams,
  });
  // It stays and says what went wrong.
  const uri = `tcp:[::]:${incoming.memoryPort}`;
  await client.execute('migrate-incoming', { uri, 'exit-on-error': false });
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
