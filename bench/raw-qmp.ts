/** What QEMU itself takes for what our operations do, in milliseconds: the fewest commands, and nobody else. */
import { join } from 'node:path';
import { execa } from 'execa';
import type { QmpClient } from '../packages/qemu-monitor/src/index.ts';
import type { BareQemu } from './bare-qemu.ts';
import { timed } from './row.ts';
import type { Bench } from './row.ts';

const ROOT = 'disk-root';

/** An overlay is made, opened and gone on in. */
export async function rawSnapshot({ qemuDirectory }: Bench, bare: BareQemu): Promise<number> {
  const filename = bare.path('volumes/root/raw.qcow2');
  const client = await bare.monitor();
  return timed(async () => {
    await execa(join(qemuDirectory, 'qemu-img'), ['create', '-q', '-f', 'qcow2', filename, '256M']);
    const file = { driver: 'file', filename } as const;
    await client.execute('blockdev-add', { driver: 'qcow2', 'node-name': 'raw', file, backing: null });
    await client.execute('blockdev-snapshot', { node: ROOT, overlay: 'raw' });
  });
}

/** The memory of a guest that runs goes to a file, and the guest goes on. */
export async function rawSave(bare: BareQemu): Promise<number> {
  const client = await bare.monitor();
  return timed(async () => {
    await prepare(client);
    await client.execute('migrate', { uri: `file:${bare.path('memory')}` });
    await completed(client);
    await goOn(client);
  });
}

/** From the start of a QEMU until the guest of the file runs in it. */
export async function rawLoad(bare: BareQemu, file: string): Promise<number> {
  const client = await bare.monitor();
  await prepare(client);
  await client.execute('migrate-incoming', { uri: `file:${file}` });
  await completed(client);
  await goOn(client);
  return performance.now() - bare.started;
}

export async function rawProcessor(bare: BareQemu): Promise<number> {
  const client = await bare.monitor();
  const places = await client.execute('query-hotpluggable-cpus');
  const place = places.find((each) => each['qom-path'] === undefined);
  if (!place) throw new Error('the machine has no room for a processor');
  return timed(() => client.execute('device_add', { driver: place.type, id: 'raw', ...place.props })); // QEMU checks a device's own properties
}

/** As the launcher has them: both have to agree on the file. */
async function prepare(client: QmpClient): Promise<void> {
  const capabilities = (['events', 'mapped-ram', 'multifd'] as const).map((capability) => ({
    capability,
    state: true,
  }));
  await client.execute('migrate-set-capabilities', { capabilities });
  await client.execute('migrate-set-parameters', { 'multifd-channels': 2, 'max-bandwidth': 0 });
}

async function completed(client: QmpClient): Promise<void> {
  for (;;) {
    const since = client.mark();
    const { status } = await client.execute('query-migrate');
    if (status === 'completed') return;
    if (status === 'failed') throw new Error('QEMU could not carry the memory');
    await client.waitForEvent('MIGRATION', { since });
  }
}

/** QEMU refuses for a moment after it has said that it is done. */
async function goOn(client: QmpClient): Promise<void> {
  for (;;) {
    const refused = await client.execute('cont').then(
      () => false,
      () => true,
    );
    if (!refused) return;
  }
}
