import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { AttachState, DISK_FILE, layerFile, type CopySpec } from '@hypersdk/api/machine';
import { copyDisks } from '../copy/copy-disks.ts';
import { TransientError } from '../problem.ts';
import { issue, testAuthority, writeIdentity, type TestAuthority } from '../testing/certificates.ts';
import { freePort } from '../testing/free-port.ts';
import { content, kill, write } from '../testing/guest-writes.ts';

const signal = AbortSignal.timeout(300_000);
const [SERVER, CLIENT] = ['clone-source.default', 'copy-clone.other'];
const image = (...args: string[]): void => {
  execFileSync('qemu-img', args, { stdio: 'ignore' });
};

describe('a disk server', () => {
  let root = '';
  let port = 0;
  let authority: TestAuthority;
  let server: ChildProcess | undefined;
  const source = (): string => join(root, 'images/source');
  const clone = (): string => join(root, 'clone');

  /** A source whose guest has gone on, above what was frozen for the clone. */
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'serve-'));
    await mkdir(source(), { recursive: true });
    await mkdir(clone());
    const layer = join(source(), layerFile('a1'));
    image('create', '-q', '-f', 'qcow2', layer, '4M');
    write(layer, 2, 1);
    image('create', '-q', '-f', 'qcow2', '-b', layer, '-F', 'qcow2', join(source(), DISK_FILE), '4M');
    write(join(source(), DISK_FILE), 3, 2);
    authority = await testAuthority();
    port = await freePort();
  });
  afterEach(async () => {
    await end();
    await rm(root, { recursive: true });
  });

  /** The program of its pod; resolves once it serves. */
  async function serve(isFrozen: boolean): Promise<void> {
    const place = await mkdtemp(join(root, 'server-'));
    await writeIdentity(place, await issue(authority, SERVER));
    const from = { type: 'filesystem', directory: source() } as const;
    const spec = { id: 'a1', isFrozen, disks: [{ name: 'root', from }], client: CLIENT };
    server = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        ...{ HYPERSDK_CONFIG: place, HYPERSDK_RUNTIME: place, HYPERSDK_IMAGES: join(root, 'images') },
        ...{ HYPERSDK_PORT: '0', HYPERSDK_NBD_PORT: String(port), SERVE_SPEC: JSON.stringify(spec) },
        TERMINATION_LOG: join(place, 'termination-log'),
      },
    });
    assert.ok(server.stdout);
    const lines = server.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false });
    for await (const line of lines as AsyncIterable<string>) {
      const { phase } = AttachState.parse(JSON.parse(line.trim().split('\n').at(-1) ?? ''));
      if (phase === 'Serving') return;
    }
    throw new Error('the server ended');
  }

  async function end(): Promise<void> {
    if (server) await kill(server, 'SIGTERM');
    server = undefined;
  }

  async function pull(name = CLIENT): Promise<void> {
    const place = await mkdtemp(join(root, 'copier-'));
    await writeIdentity(place, await issue(authority, name));
    const from = { type: 'remote', host: '127.0.0.1', port, server: SERVER } as const;
    const to = { type: 'filesystem', directory: clone() } as const;
    const spec: CopySpec = { id: 'a1', isFrozen: false, disks: [{ name: 'root', mode: 'full', from, to }] };
    const paths = { config: place, runtime: place };
    await copyDisks(spec, { images: join(root, 'images'), paths, signal, report: () => undefined });
  }

  for (const { isFrozen, expected } of [
    { isFrozen: true, expected: [0, 2, 0, 0] },
    { isFrozen: false, expected: [0, 2, 3, 0] },
  ]) {
    it(`gives its copier what the source ${isFrozen ? 'was frozen with' : 'holds'}, which then needs nothing of it`, async () => {
      await serve(isFrozen);
      await pull();
      await end();
      await rm(source(), { recursive: true });
      assert.deepEqual(await content(join(clone(), DISK_FILE)), expected);
    });
  }

  it('gives nothing to another pod, and one that is away is worth another attempt, which leaves nothing half done', async () => {
    const isAway = (error: unknown): boolean =>
      error instanceof TransientError && error.problem.reason === 'SourceAway';
    await assert.rejects(pull(), isAway);
    await serve(false);
    await assert.rejects(pull('other-clone.other'), isAway);
    assert.ok(!(await readdir(clone())).includes(DISK_FILE));
    await pull();
    assert.deepEqual(await content(join(clone(), DISK_FILE)), [0, 2, 3, 0]);
  });
});
