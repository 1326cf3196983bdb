import { ConnectionClosedError, type QmpClient } from 'qemu-monitor';
import type { Machine } from '../machine.ts';

/** Whether QEMU obeyed. One that is gone, or not found yet, needs no command: the next look at it says so. */
export async function command(
  machine: Machine,
  send: (client: QmpClient) => Promise<unknown>,
): Promise<boolean> {
  const link = machine.link.state;
  if (link.state !== 'connected') return false;
  try {
    await send(link.client);
    return true;
  } catch (error) {
    if (error instanceof ConnectionClosedError) return false;
    throw error;
  }
}
