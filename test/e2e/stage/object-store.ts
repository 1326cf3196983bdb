/** A real object store that pods can reach: Versity's gateway on a directory, with one bucket, as the guide on images has it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { environment } from './manifests.ts';

/** As the guide on images names it. */
const BUCKET = 'images';
const STORE_KEYS = { accessKeyId: 'importer', secretAccessKey: 'only-for-tests' };

/** Resolves with its endpoint. `objects`: their content by key. */
export async function objectStore(
  t: TestContext,
  objects: Readonly<Record<string, Buffer>>,
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'object-store-'));
  const [data, metadata] = [join(directory, 'data'), join(directory, 'metadata')];
  for (const path of [join(data, BUCKET), metadata]) await mkdir(path, { recursive: true });
  for (const [key, content] of Object.entries(objects)) {
    await mkdir(join(data, BUCKET, dirname(key)), { recursive: true });
    await writeFile(join(data, BUCKET, key), content);
  }
  const { hostname } = new URL(environment('IMAGE_SERVER_URL'));
  const address = `${hostname}:${await freePort(hostname)}`;
  const gateway = spawn('versitygw', ['--port', address, 'posix', '--sidecar', metadata, data], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      ROOT_ACCESS_KEY: STORE_KEYS.accessKeyId,
      ROOT_SECRET_KEY: STORE_KEYS.secretAccessKey,
    },
  });
  const ended = once(gateway, 'exit');
  t.after(async () => {
    gateway.kill('SIGKILL');
    await ended;
    await rm(directory, { recursive: true });
  });
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  gateway.once('error', reject);
  gateway.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (/listening on/.test(text)) resolve(undefined);
  });
  await promise;
  return `http://${address}`;
}

async function freePort(hostname: string): Promise<number> {
  const server = createServer().listen(0, hostname);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  server.close();
  await once(server, 'close');
  return port;
}
