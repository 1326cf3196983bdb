import { createServer } from 'node:net';
import { listen, portOf } from '../http/server.ts';

/** One that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await listen(server, 0);
  const port = portOf(server);
  server.close();
  return port;
}
