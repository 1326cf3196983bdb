/** A real object store, Versity's gateway, on a directory of its own; connections to it break as told. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';
import { listen, portOf } from '../http/server.ts';
import { writeIdentity, type Identity } from './certificates.ts';

export const S3_KEYS = { accessKeyId: 'importer', secretAccessKey: 'only-for-tests' };
export const BUCKET = 'images';
const REGION = 'eu-test-1';

export class S3Server {
  readonly #directory: string;
  readonly #gateway: ChildProcess;
  readonly #door: Server;
  readonly #scheme: string;
  /** The first connections end after this many bytes of answer, each after its own. */
  readonly cuts: number[] = [];
  connections = 0;

  /** With TLS where it has an identity. */
  static async start(identity?: Identity): Promise<S3Server> {
    const directory = await mkdtemp(join(tmpdir(), 's3-'));
    for (const name of [`data/${BUCKET}`, 'metadata'])
      await mkdir(join(directory, name), { recursive: true });
    const socket = join(directory, 'socket');
    const [certificate, key] = [join(directory, 'tls.crt'), join(directory, 'tls.key')];
    if (identity) await writeIdentity(directory, identity);
    const certified = identity ? ['--cert', certificate, '--key', key] : [];
    const gateway = spawn(
      'versitygw',
      [
        ...['--port', socket, '--region', REGION, ...certified],
        ...['posix', '--sidecar', join(directory, 'metadata'), join(directory, 'data')],
      ],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {
          ...process.env,
          ROOT_ACCESS_KEY: S3_KEYS.accessKeyId,
          ROOT_SECRET_KEY: S3_KEYS.secretAccessKey,
        },
      },
    );
    const server = new S3Server(directory, gateway, socket, identity ? 'https' : 'http');
    await listen(server.#door, 0);
    await listens(gateway);
    return server;
  }

  private constructor(directory: string, gateway: ChildProcess, socket: string, scheme: string) {
    this.#directory = directory;
    this.#gateway = gateway;
    this.#scheme = scheme;
    this.#door = createServer((client) => {
      this.connections += 1;
      this.#pass(client, connect(socket));
    });
  }

  get endpoint(): string {
    return `${this.#scheme}://localhost:${portOf(this.#door)}`;
  }

  get source() {
    const { endpoint } = this;
    return { type: 's3', endpoint, region: REGION, bucket: BUCKET, addressingStyle: 'path' } as const;
  }

  async put(key: string, content: Buffer): Promise<void> {
    const client = new AwsClient({ ...S3_KEYS, service: 's3', region: REGION });
    const body = new Uint8Array(content);
    const response = await client.fetch(`${this.endpoint}/${BUCKET}/${encodeURIComponent(key)}`, {
      method: 'PUT',
      body,
    });
    if (!response.ok) throw new Error(`The object store said ${response.status}: ${await response.text()}`);
  }

  async stop(): Promise<void> {
    this.#door.close();
    const ended = once(this.#gateway, 'exit');
    this.#gateway.kill('SIGKILL');
    await ended;
    await rm(this.#directory, { recursive: true });
  }

  #pass(client: Socket, gateway: Socket): void {
    let left = this.cuts.shift() ?? Infinity;
    const end = (): void => {
      client.destroy();
      gateway.destroy();
    };
    for (const side of [client, gateway]) side.on('error', end).on('close', end);
    client.on('data', (chunk) => gateway.write(chunk));
    gateway.on('data', (chunk) => {
      client.write(chunk.subarray(0, left), () => {
        if (left <= 0) end();
      });
      left -= chunk.length;
    });
  }
}

/** It says where it listens when it does. */
function listens(gateway: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    gateway.once('error', reject).once('exit', () => {
      reject(new Error(`versitygw has ended: ${said}`));
    });
    gateway.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (/listening on/.test(said)) resolve();
    });
  });
}
