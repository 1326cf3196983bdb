/** An HTTP server that pods can reach and that gives anything but a whole disk image itself. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { environment } from './manifests.ts';

export interface OddServer {
  readonly url: (path: string) => string;
  /** Paths in the order in which they were asked for. */
  readonly requests: readonly string[];
}

type Answer = (response: ServerResponse) => void;

const cutShort: Answer = (response) => {
  response.writeHead(200, { 'content-length': 1024 * 1024, etag: '"short"' });
  response.write('the beginning', () => response.destroy());
};

const answers: Readonly<Record<string, Answer>> = {
  // The tiny guest.
  '/moved': (response) => response.writeHead(302, { location: environment('IMAGE_URL') }).end(),
  '/page': (response) => response.setHeader('content-type', 'text/html').end('<html>Please log in</html>'),
  '/short': cutShort,
  '/short-once': cutShort,
  // Larger than it says, which is nothing: more than a volume of an image of 1Mi holds.
  '/large': (response) => {
    Readable.from(Array.from({ length: 80 }, () => Buffer.alloc(1024 ** 2, 'noise'))).pipe(response);
  },
};

export async function oddServer(t: TestContext): Promise<OddServer> {
  const requests: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    requests.push(url);
    const answer = answers[url];
    if (answer) answer(response);
    else response.writeHead(404).end();
  });
  // Beside the image server, on the address that pods have a route to.
  const { hostname } = new URL(environment('IMAGE_SERVER_URL'));
  server.listen(0, hostname);
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // it listens on a port
  return { url: (path) => `http://${hostname}:${port}${path}`, requests };
}
