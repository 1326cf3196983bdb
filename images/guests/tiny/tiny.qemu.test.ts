import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildGuest, guestImage } from '../guest-image.ts';
import { ensureTinyGuest, tiny } from './image.ts';
import { bootGuest } from './testing/booted-guest.ts';

describe('the tiny guest', () => {
  let directory: string;
  let image: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tiny-guest-'));
    image = (await ensureTinyGuest()).file;
  });

  after(() => rm(directory, { recursive: true }));

  async function freshDisk(name: string): Promise<string> {
    const disk = join(directory, `${name}.qcow2`);
    await copyFile(image, disk);
    return disk;
  }

  it('says that it is up, ticks, joins the network and tells what it has', async () => {
    await using guest = bootGuest({ disk: await freshDisk('ticks'), directory });
    await guest.line(/^GUEST-UP \d+\.\d+$/m);
    await guest.line(/^tick 2 \d+\.\d+$/m);
    await guest.line(/^NET-UP 10\.0\.2\.15$/m);
    guest.type('status');
    const [, sectors] = await guest.line(/^CPUS 1 MEMORY \d+ kB (\d+) SECTORS$/m);
    assert.equal(Number(sectors) * 512, (await ensureTinyGuest()).virtualSize);
  });

  it('counts its boots on its disk, over a reset and a power-down by its button', async () => {
    const disk = await freshDisk('boots');
    {
      await using guest = bootGuest({ disk, directory });
      await guest.line(/^BOOTS 1$/m);
      guest.type('reboot'); // QEMU runs with -no-reboot: a reset ends it
      assert.equal((await guest.exited).exitCode, 0);
    }
    await using guest = bootGuest({ disk, directory });
    await guest.line(/^BOOTS 2$/m);
    await guest.pressPowerButton();
    await guest.line(/^GUEST-DOWN \d+\.\d+$/m);
    assert.equal((await guest.exited).exitCode, 0);
  });

  it('powers down by its button as soon as it says that it is up', async () => {
    await using guest = bootGuest({ disk: await freshDisk('early'), directory });
    await guest.line(/^GUEST-UP/m);
    await guest.pressPowerButton();
    assert.equal((await guest.exited).exitCode, 0);
  });

  it('can be told to ignore its power button, and to power off', async () => {
    await using guest = bootGuest({ disk: await freshDisk('ignores'), directory });
    await guest.line(/^GUEST-UP/m);
    guest.type('ignore-power-button');
    await guest.line(/^IGNORING-POWER-BUTTON$/m);
    await guest.pressPowerButton();
    await guest.line(/^POWER-BUTTON-IGNORED$/m);
    guest.type('poweroff');
    await guest.line(/^GUEST-DOWN/m);
    assert.equal((await guest.exited).exitCode, 0);
  });

  it('tells QEMU when it panics', async () => {
    const args = ['-device', 'pvpanic', '-action', 'panic=exit-failure'];
    await using guest = bootGuest({ disk: await freshDisk('panics'), directory, arguments: args });
    await guest.line(/^READY$/m);
    guest.type('panic');
    assert.equal((await guest.exited).exitCode, 1);
  });

  it('takes its hostname from a NoCloud seed and answers with it on port 80', async () => {
    const seed = join(directory, 'seed');
    await mkdir(seed);
    await writeFile(join(seed, 'meta-data'), 'instance-id: "1"\nlocal-hostname: "web-1"\n');
    const drive = `driver=vvfat,node-name=seed,dir=${seed},label=cidata,floppy=on,read-only=on`;
    const args = ['-blockdev', drive, '-device', 'virtio-blk-pci,drive=seed'];
    const [disk, httpPort] = await Promise.all([freshDisk('named'), freePort()]);
    await using guest = bootGuest({ disk, directory, httpPort, arguments: args });
    await guest.line(/^HOSTNAME web-1$/m);
    await guest.line(/^NET-UP/m);
    const answer = await fetch(`http://127.0.0.1:${httpPort}/`, { signal: AbortSignal.timeout(60_000) });
    assert.equal(await answer.text(), 'web-1\n');
  });

  it('comes out byte for byte the same when it is built again', async () => {
    const again = join(directory, 'again');
    await buildGuest(tiny, again, { log: console.error, scratch: join(directory, 'layers') });
    assert.equal((await guestImage(tiny, again)).sha256, (await ensureTinyGuest()).sha256);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A TCP server's address is never a path.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
