/** A registry of one container image, as strict as a real one about who pulls, and as unreliable as told. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { listen, portOf } from '../http/server.ts';

export const digestOf = (content: Uint8Array): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** A layer with these files, as an image builder makes it. */
export async function layer(
  files: Readonly<Record<string, Buffer | 'directory'>>,
  compress: (tar: Buffer) => Buffer = gzipSync,
): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) {
    if (content === 'directory') tar.entry({ name, type: 'directory' });
    else tar.entry({ name, size: content.length }, content);
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk);
  return compress(Buffer.concat(chunks));
}

export class RegistryServer {
  readonly #server: Server;
  readonly #blobs = new Map<string, Buffer>();
  readonly #manifests = new Map<string, { body: Buffer; type: string }>();
  /** `user:password`; anybody gets a token where absent. */
  password: string | undefined;
  /** Ends the first answer for a blob after this many bytes. */
  cutAfter: number | undefined;
  /** Range headers of the requests for blobs. */
  readonly ranges: (string | undefined)[] = [];

  static async start(): Promise<RegistryServer> {
    const registry = new RegistryServer();
    await listen(registry.#server, 0);
    return registry;
  }

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response);
    });
  }

  get host(): string {
    return `127.0.0.1:${portOf(this.#server)}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Puts the image there under `disk:latest`, for each platform; all of them have these layers. */
  push(layers: readonly Buffer[], architectures: readonly string[] = ['arm64', 'amd64']): void {
    const descriptors = layers.map((content) => ({ digest: digestOf(content), size: content.length }));
    for (const content of layers) this.#blobs.set(digestOf(content), content);
    const manifests = architectures.map((architecture) => ({
      digest: this.#put({ schemaVersion: 2, architecture, layers: descriptors }, 'manifest'),
      platform: { os: 'linux', architecture },
    }));
    this.#put({ schemaVersion: 2, manifests }, 'index', 'latest');
  }

  /** Another content under the same digest. */
  spoil(content: Buffer): void {
    const other = Buffer.from(content);
    other.writeUInt8(other.readUInt8(0) ^ 1, 0);
    this.#blobs.set(digestOf(content), other);
  }

  #put(manifest: object, kind: string, tag?: string): string {
    const body = Buffer.from(JSON.stringify(manifest));
    const stored = { body, type: `application/vnd.oci.image.${kind}.v1+json` };
    this.#manifests.set(tag ?? digestOf(body), stored);
    return digestOf(body);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', 'http://registry');
    if (pathname === '/token') this.#giveToken(request, response);
    else if (request.headers.authorization !== 'Bearer let-me-in') this.#challenge(response);
    else this.#give(pathname, request, response);
  }

  #challenge(response: ServerResponse): void {
    const challenge = `Bearer realm="http://${this.host}/token",service="test",scope="repository:disk:pull"`;
    response.writeHead(401, { 'www-authenticate': challenge }).end();
  }

  #giveToken(request: IncomingMessage, response: ServerResponse): void {
    const wanted = this.password && `Basic ${Buffer.from(this.password).toString('base64')}`;
    if (wanted && request.headers.authorization !== wanted) response.writeHead(401).end();
    else response.end(JSON.stringify({ token: 'let-me-in' }));
  }

  #give(pathname: string, request: IncomingMessage, response: ServerResponse): void {
    const [, kind, reference = ''] = /^\/v2\/disk\/(manifests|blobs)\/(.+)$/.exec(pathname) ?? [];
    const manifest = kind === 'manifests' ? this.#manifests.get(reference) : undefined;
    const blob = kind === 'blobs' ? this.#blobs.get(reference) : undefined;
    if (manifest) response.writeHead(200, { 'content-type': manifest.type }).end(manifest.body);
    else if (blob) this.#giveBlob(blob, request, response);
    else response.writeHead(404).end();
  }

  #giveBlob(blob: Buffer, request: IncomingMessage, response: ServerResponse): void {
    this.ranges.push(request.headers.range);
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const range = { 'content-range': `bytes ${start}-${blob.length - 1}/${blob.length}` };
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': blob.length - start,
      ...(start > 0 && range),
    });
    const cut = this.cutAfter;
    this.cutAfter = undefined;
    if (cut === undefined) response.end(blob.subarray(start));
    else response.write(blob.subarray(start, start + cut), () => response.destroy());
  }
}
