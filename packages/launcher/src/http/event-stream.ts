import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StateFeed } from './state-feed.ts';

/** Milliseconds between empty lines, so that both ends see a connection that died without a word. */
const HEARTBEAT = 15_000;

/** The state now and after each change, one JSON document a line. A slow reader misses states, never the last. */
export function streamStates(feed: StateFeed, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  let behind = false;
  const send = (): void => {
    behind = response.writableNeedDrain;
    if (!behind && feed.current) response.write(JSON.stringify(feed.current) + '\n');
  };
  const unsubscribe = feed.subscribe(send);
  response.on('drain', () => {
    if (behind) send();
  });
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write('\n');
  }, HEARTBEAT);
  request.on('close', () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
  response.flushHeaders();
  send();
}
