import type { MachineSpec, MachineState } from '@hypersdk/api/machine';
import { createServer, type Server } from 'node:http';
import { listen } from './server.ts';
import type { StateFeed } from './state-feed.ts';

/**
 * Milliseconds that a guest is given to boot after it rebooted. Longer than two periods of the probe, so that
 * kubelet tells it: nothing else in a pod shows a reboot.
 */
const REBOOT = 15_000;

/** Whether Services may send to the guest; `spec` says whether its agent has a say in that. */
export function isReady(
  state: MachineState | undefined,
  { guestAgent }: Pick<MachineSpec, 'guestAgent'>,
  now: Date,
): boolean {
  if (state?.phase !== 'Running' || hasLeft(state)) return false;
  if (guestAgent?.readiness && state.guestAgent?.connection !== 'Connected') return false;
  return !state.reboots || now.getTime() - Date.parse(state.reboots.lastTime) >= REBOOT;
}

/** It runs elsewhere, or is about to. */
function hasLeft({ migration }: MachineState): boolean {
  return migration?.direction === 'out' && /^(CutOver|PostCopy|Done)$/.test(migration.phase);
}

/**
 * Kubelet has no client certificate, so its probe gets a plain port that says one word of one path: whether
 * the guest runs, has not just rebooted, and answers by its agent where that is asked for.
 */
export async function startReadiness(
  feed: StateFeed,
  spec: () => MachineSpec,
  port: number,
): Promise<Server> {
  const server = createServer((request, response) => {
    const known = request.method === 'GET' && request.url === '/readyz';
    const status = !known ? 404 : isReady(feed.current, spec(), new Date()) ? 200 : 503;
    response.writeHead(status, { connection: 'close' });
    response.end();
  });
  server.maxConnections = 8;
  await listen(server, port);
  return server;
}
