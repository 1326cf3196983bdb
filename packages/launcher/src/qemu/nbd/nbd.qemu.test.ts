import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { CommandArguments } from 'qemu-monitor';
import { startQemu, type RunningQemu } from 'qemu-monitor/testing/qemu';
import { issue, testAuthority, type Identity, type TestAuthority } from '../../testing/certificates.ts';
import { waitForLine } from '../../testing/console-file.ts';
import { freePort } from '../../testing/free-port.ts';
import { content, kill } from '../../testing/guest-writes.ts';
import { blockNode } from '../devices/disk.ts';
import { nbdNode, remoteImage, type RemoteExport } from './client-node.ts';
import { tlsCredentials, withCredentials, writeCredentials } from './credentials.ts';
import { Relay } from './relay.ts';
import { STORAGE_DAEMON, storageDaemonArguments, type Service } from './storage-daemon.ts';

const run = promisify(execFile);
const [SERVER, CLIENT] = ['web-1.data.default', 'web-1.default'];

describe('a disk that another pod serves', () => {
  let root = '';
  let port = 0;
  let authority: TestAuthority;
  let daemon: ChildProcess | undefined;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'nbd-'));
    authority = await testAuthority();
    await writeCredentials(root, { certificates: await issue(authority, SERVER), endpoint: 'server' });
    await run('qemu-img', ['create', '-q', '-f', 'qcow2', image(), '16M']);
    port = await freePort();
    await serve();
  });
  after(async () => {
    if (daemon) await kill(daemon);
    await rm(root, { recursive: true });
  });

  const image = (): string => join(root, 'disk.qcow2');

  async function serve(): Promise<void> {
    const pidFile = join(root, 'daemon.pid');
    await writeFile(pidFile, '');
    const [program, ...args] = serving({ pidFile, port });
    daemon = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    await waitForLine(pidFile, /\d/, AbortSignal.timeout(120_000));
  }

  function serving(place: Pick<Service, 'pidFile' | 'port'>): [string, ...string[]] {
    const node = blockNode({
      ...{ name: 'data', device: 'disk', directIo: false },
      layers: [{ file: image(), driver: 'file', format: 'qcow2' }],
    });
    const nodes = [{ node, exportName: 'data', writable: true }];
    const served = { ...place, nodes, credentials: root, client: CLIENT };
    return [STORAGE_DAEMON, ...storageDaemonArguments(served)];
  }

  const remote = (): RemoteExport => ({
    ...{ exportName: 'data', server: SERVER, credentials: 'tls0', reconnectDelay: 0 },
    address: { type: 'inet', host: '127.0.0.1', port },
  });

  /** Reads the whole export as a client with this certificate. */
  async function pull(certificates: Identity, from = remote()): Promise<void> {
    await withCredentials(root, { certificates, endpoint: 'client' }, async (directory) => {
      const target = join(root, 'pulled.raw');
      await run('qemu-img', ['convert', ...remoteImage(from, directory), '-O', 'raw', target], {
        timeout: 180_000,
      });
    });
  }

  it('is copied by the client that it is served to', async () => {
    await pull(await issue(authority, CLIENT));
  });

  it('is refused to a client without TLS', async () => {
    const plain = `json:${JSON.stringify({ driver: 'nbd', server: { type: 'inet', host: '127.0.0.1', port: String(port) }, export: 'data' })}`;
    await assert.rejects(run('qemu-img', ['info', plain], { timeout: 180_000 }), /TLS/);
  });

  it('is refused to a client of another authority, and to another client of ours', async () => {
    const foreign = await issue(await testAuthority(), CLIENT);
    await assert.rejects(pull({ ...foreign, ca: (await issue(authority, CLIENT)).ca }));
    await assert.rejects(pull(await issue(authority, 'other-1.default')), /authoriz|read|shake/i);
  });

  it('is not taken from a server of another name', async () => {
    const other = { ...remote(), server: 'web-1.other.default' };
    await assert.rejects(pull(await issue(authority, CLIENT), other), /web-1.other.default/);
  });

  it('has one writer: a second server does not open it', async () => {
    const first = daemon;
    const [program, ...args] = serving({ pidFile: join(root, 'second.pid'), port: await freePort() });
    await assert.rejects(run(program, args, { timeout: 180_000 }), /lock/);
    assert.equal(first?.exitCode, null);
  });

  it('keeps what was written to it when its server is killed, and the writer goes on with the next one', async (t) => {
    port = await freePort();
    const qemu = await attached(t);
    const { relay } = qemu;
    await qemu.io('write -P 7 1M 64k');
    assert.ok(daemon);
    await kill(daemon);
    // Nobody has flushed it.
    assert.deepEqual(await content(image()), [0, 7, 0, 0]);
    const waiting = qemu.io('write -P 9 2M 64k');
    port = await freePort();
    await serve();
    relay.aim({ host: '127.0.0.1', port });
    await waiting;
    assert.deepEqual(await content(image()), [0, 7, 9, 0]);
  });

  /** A machine that has the disk, through a relay. */
  async function attached(
    t: TestContext,
  ): Promise<RunningQemu & { relay: Relay; io: (command: string) => Promise<unknown> }> {
    if (daemon) await kill(daemon);
    await serve();
    const relay = await Relay.listen(join(root, 'relay.sock'), { host: '127.0.0.1', port });
    const qemu = await startQemu(['-machine', 'q35', '-S']);
    t.after(async () => {
      await qemu.stop();
      await relay.close();
    });
    const certificates = await issue(authority, CLIENT);
    await withCredentials(root, { certificates, endpoint: 'client' }, async (directory) => {
      const credentials = tlsCredentials('tls0', 'client', directory);
      await qemu.qmp.execute('object-add', credentials as CommandArguments<'object-add'>);
    });
    const address = { type: 'unix', path: join(root, 'relay.sock') } as const;
    const node = { ...nbdNode({ ...remote(), address, reconnectDelay: 60 }), 'node-name': 'disk-data' };
    await qemu.qmp.execute('blockdev-add', node as unknown as CommandArguments<'blockdev-add'>);
    const io = (command: string): Promise<unknown> =>
      qemu.qmp.execute(
        'human-monitor-command',
        { 'command-line': `qemu-io disk-data "${command}"` },
        { timeout: 180_000 },
      );
    return { ...qemu, relay, io };
  }
});
