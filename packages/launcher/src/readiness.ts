import { createServer, type Server } from 'node:http';
import { listen } from './server.ts';
import type { StateFeed } from './state-feed.ts';

/**
 * Kubelet has no client certificate, so its probe gets a plain port that says one word of one path: whether
 * the guest runs.
 */
export async function startReadiness(feed: StateFeed, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const known = request.method === 'GET' && request.url === '/readyz';
    const status = !known ? 404 : feed.current?.phase === 'Running' ? 200 : 503;
    response.writeHead(status, { connection: 'close' });
    response.end();
  });
  server.maxConnections = 8;
  await listen(server, port);
  return server;
}
