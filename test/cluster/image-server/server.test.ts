import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { imageServer } from './server.ts';

describe('the image server', () => {
  let directory: string;
  let url: string;
  let server: ReturnType<typeof imageServer>;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'image-server-'));
    await mkdir(join(directory, 'images'));
    await writeFile(join(directory, 'images', 'tiny.qcow2'), '0123456789');
    await writeFile(join(directory, 'images', 'empty.raw'), '');
    await writeFile(join(directory, 'secret'), 'not to be served');
    server = imageServer(join(directory, 'images')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(async () => {
    server.close();
    server.closeAllConnections();
    await rm(directory, { recursive: true });
  });

  it('gives the whole file and says that it knows ranges', async () => {
    const response = await fetch(`${url}/tiny.qcow2`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('accept-ranges'), 'bytes');
    assert.equal(await response.text(), '0123456789');
  });

  it('gives the rest of a file to a download that resumes', async () => {
    const response = await fetch(`${url}/tiny.qcow2`, { headers: { range: 'bytes=7-' } });
    assert.equal(response.status, 206);
    assert.equal(response.headers.get('content-range'), 'bytes 7-9/10');
    assert.equal(await response.text(), '789');
  });

  it('refuses a range beyond the end', async () => {
    const response = await fetch(`${url}/tiny.qcow2`, { headers: { range: 'bytes=10-' } });
    assert.equal(response.status, 416);
    assert.equal(response.headers.get('content-range'), 'bytes */10');
  });

  it('tells the size alone to HEAD', async () => {
    const response = await fetch(`${url}/tiny.qcow2`, { method: 'HEAD' });
    assert.equal(response.headers.get('content-length'), '10');
    assert.equal(await response.text(), '');
  });

  it('serves a file of no bytes', async () => {
    assert.equal(await (await fetch(`${url}/empty.raw`)).text(), '');
  });

  it('serves nothing from outside its directory', async () => {
    for (const path of ['/../secret', '/%2e%2e%2fsecret', '/secret', '/']) {
      assert.equal((await fetch(`${url}${path}`)).status, 404, path);
    }
  });
});
