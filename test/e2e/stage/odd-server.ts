/** An HTTP server that pods can reach and that gives anything but a whole disk image itself. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { environment } from './manifests.ts';

export interface OddServer {
  readonly url: (path: string) => string;
  /** Paths in the order in which they were asked for. */
  readonly requests: readonly string[];
  /** The last Range header of each path for which one came. */
  readonly ranges: ReadonlyMap<string, string>;
}

type Answer = (response: ServerResponse, request: IncomingMessage) => void | Promise<void>;

const cutShort: Answer = (response) => {
  response.writeHead(200, { 'content-length': 1024 * 1024, etag: '"short"' });
  response.write('the beginning', () => response.destroy());
};

/** The tiny guest, of which nobody who asks for all of it gets more than half. */
const half: Answer = async (response, { headers: { range } }) => {
  const whole = Buffer.from(await (await fetch(environment('IMAGE_URL'))).arrayBuffer());
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  const partial = from > 0 && { 'content-range': `bytes ${from}-${whole.length - 1}/${whole.length}` };
  response.writeHead(partial ? 206 : 200, {
    ...{ etag: '"half"', 'content-length': whole.length - from },
    ...partial,
  });
  if (partial) response.end(whole.subarray(from));
  else response.write(whole.subarray(0, whole.length >> 1));
};

const moved: Answer = (response) => {
  response.writeHead(302, { location: environment('IMAGE_URL') }).end();
};

const answers: Readonly<Record<string, Answer>> = {
  '/moved': moved,
  '/moved-too': moved,
  '/half': half,
  '/page': (response) => {
    response.setHeader('content-type', 'text/html').end('<html>Please log in</html>');
  },
  '/short': cutShort,
  '/short-once': cutShort,
  // Larger than it says, which is nothing: more than a volume of an image of 1Mi holds.
  '/large': (response) => {
    Readable.from(Array.from({ length: 80 }, () => Buffer.alloc(1024 ** 2, 'noise'))).pipe(response);
  },
};

export async function oddServer(t: TestContext): Promise<OddServer> {
  const requests: string[] = [];
  const ranges = new Map<string, string>();
  const server = createServer((request, response) => {
    const { url = '', headers } = request;
    requests.push(url);
    if (headers.range !== undefined) ranges.set(url, headers.range);
    const answer = answers[url];
    if (!answer) response.writeHead(404).end();
    else
      void Promise.resolve(answer(response, request)).catch((error: unknown) =>
        response.destroy(error as Error),
      );
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
  return { url: (path) => `http://${hostname}:${port}${path}`, requests, ranges };
}
