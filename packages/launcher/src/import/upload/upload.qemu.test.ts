/** Guarantee: an upload that is interrupted at whatever byte goes on there, and nothing is taken but the whole file. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ImportSpec } from '@hypersdk/api/machine';
import { issue, testAuthority, writeIdentity } from '../../testing/certificates.ts';
import { freePort } from '../../testing/free-port.ts';
import { GoldenVolume, MIB, sha256, withChecksum } from '../../testing/golden-volume.ts';
import { send, type Answered, type Upload, type UploadServer } from '../../testing/upload-client.ts';

const TOKEN = 'correct-horse';
const source = { type: 'upload' } as const;

describe('an upload', { timeout: 120_000 }, () => {
  let volume: GoldenVolume;
  let server: UploadServer;
  let importer: ChildProcess;
  let ended: Promise<unknown[]>;
  before(async () => {
    volume = await GoldenVolume.open();
    const servername = 'image-a-upload.default.svc';
    const identity = await issue(await testAuthority(), servername);
    await mkdir(join(volume.scratch, 'identity'));
    await writeIdentity(join(volume.scratch, 'identity'), identity);
    server = { port: await freePort(), ca: identity.ca, servername };
  });
  after(() => volume.close());
  beforeEach(async () => {
    await volume.reset();
    await volume.writeCredentials({ token: TOKEN });
    await rm(join(volume.scratch, 'termination-log'), { force: true });
  });
  afterEach(async () => {
    importer.kill('SIGKILL');
    await ended;
  });

  async function start(changes: Partial<ImportSpec> = {}): Promise<void> {
    importer = volume.run({ source, ...changes }, undefined, {
      HYPERSDK_CONFIG: join(volume.scratch, 'identity'),
      HYPERSDK_PORT: String(await freePort()),
      HYPERSDK_UPLOAD_PORT: String(server.port),
    });
    ended = once(importer, 'exit');
    while (importer.exitCode === null && !(await offset().catch(() => undefined))) await delay(50);
  }

  const ask = (upload: Upload): Promise<Answered> => send(server, { token: TOKEN, ...upload });
  const offset = (): Promise<Answered> => ask({ method: 'HEAD' });
  const put = (body: Uint8Array, range?: string, token = TOKEN): Promise<Answered> =>
    ask({ method: 'PUT', body, token, ...(range !== undefined && { headers: { 'content-range': range } }) });

  /** Leaves a request hanging in the middle; resolves when the importer has `count` bytes of it. */
  async function begin(content: Uint8Array, count: number): Promise<() => void> {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-length': content.byteLength };
    const asked = request({ ...server, host: '127.0.0.1', method: 'PUT', agent: false, headers });
    asked.on('error', () => undefined); // it is to break
    asked.write(content.subarray(0, count));
    while ((await offset()).offset !== count) await delay(20);
    return () => void asked.destroy();
  }

  async function assertImported(): Promise<void> {
    assert.deepEqual(await ended, [0, null]);
    assert.equal((await volume.termination()).phase, 'Ready');
    await volume.assertGolden();
  }

  it('goes on after kill -9 of the importer where that had come to', async () => {
    const { raw } = volume.images;
    const checked = withChecksum(sha256(raw));
    await start(checked);
    const client = await begin(raw, MIB);
    importer.kill('SIGKILL');
    await ended;
    client();
    assert.deepEqual(await volume.files(), ['download.part', 'download.part.json']);
    await start(checked);
    const { offset: at = 0 } = await offset();
    assert.equal(at, MIB);
    const rest = `bytes ${at}-${raw.length - 1}/${raw.length}`;
    assert.equal((await put(raw.subarray(at), rest)).status, 201);
    await assertImported();
  });

  it('comes in parts', async () => {
    const { qcow2 } = volume.images;
    const half = qcow2.length >> 1;
    await start();
    await put(qcow2.subarray(0, half), `bytes 0-${half - 1}/${qcow2.length}`);
    const answered = await put(qcow2.subarray(half), `bytes ${half}-${qcow2.length - 1}/${qcow2.length}`);
    assert.equal(answered.status, 201);
    await assertImported();
  });

  it('is taken without a client where an importer that was killed has received it all', async () => {
    const { qcow2 } = volume.images;
    await writeFile(join(volume.directory, 'download.part'), qcow2);
    const origin = { url: 'upload', total: qcow2.length };
    await writeFile(join(volume.directory, 'download.part.json'), JSON.stringify(origin));
    await start();
    await assertImported();
  });

  it('begins anew with a whole file, of whatever size, after its client has gone', async () => {
    await start();
    const leave = await begin(volume.images.raw, MIB);
    assert.equal((await put(volume.images.qcow2)).status, 409);
    leave();
    let answered = await put(volume.images.qcow2);
    while (answered.status === 409) answered = await put(volume.images.qcow2);
    assert.equal(answered.status, 201);
    await assertImported();
  });

  it('is refused to who has no token, and at another offset, and what is too big', async () => {
    const { qcow2 } = volume.images;
    await start();
    for (const token of ['', 'wrong-horse', `${TOKEN}x`]) {
      const refused = await put(qcow2, undefined, token);
      assert.deepEqual([refused.status, refused.offset], [401, undefined]);
    }
    assert.equal((await put(qcow2.subarray(0, MIB), `bytes 0-${MIB - 1}/${qcow2.length}`)).status, 202);
    for (const at of [MIB - 1, MIB + 1]) {
      const refused = await put(qcow2.subarray(at), `bytes ${at}-${qcow2.length - 1}/${qcow2.length}`);
      assert.deepEqual([refused.status, refused.offset], [416, MIB]);
    }
    const big = await put(qcow2.subarray(0, 10), `bytes 0-9/${2 ** 50}`);
    assert.deepEqual([big.status, big.offset], [413, MIB]);
    assert.match(big.text, /give the VMImage a larger size/);
    assert.equal((await ask({ method: 'POST' })).status, 405);
    const rest = await put(qcow2.subarray(MIB), `bytes ${MIB}-${qcow2.length - 1}/${qcow2.length}`);
    assert.equal(rest.status, 201);
    await assertImported();
  });

  it('with another checksum fails for good, names both, and leaves nothing', async () => {
    const { qcow2 } = volume.images;
    await start(withChecksum('0'.repeat(64)));
    assert.equal((await put(qcow2)).status, 201);
    assert.deepEqual(await ended, [1, null]);
    const { problem } = await volume.termination();
    assert.equal(problem?.reason, 'ChecksumMismatch');
    assert.match(problem.message, new RegExp(`${sha256(qcow2)}.*${'0'.repeat(64)}`));
    assert.deepEqual(await volume.files(), []);
  });

  it('that takes longer than it may fails by Timeout, and keeps what has come', async () => {
    await start({ source: { ...source, timeout: 300 } });
    await begin(volume.images.raw, MIB);
    assert.deepEqual(await ended, [75, null]);
    assert.equal((await volume.termination()).problem?.reason, 'Timeout');
    assert.deepEqual(await volume.files(), ['download.part', 'download.part.json']);
  });
});
