import { CommandError, type QmpClient, TimeoutError } from 'qemu-monitor';
import { TransientError } from '../../problem.ts';
import { hasDevice } from './peripherals.ts';

/** Milliseconds. A guest that has booted lets a device go within five or six seconds. */
const UNPLUG_TIMEOUT = 15_000;

/** How a problem names the device. */
export interface Removed {
  /** For people: `Disk data`. */
  readonly what: string;
  readonly disk?: string;
  readonly network?: string;
}

/** Has the guest let go of a device. Throws TransientError while it does not; resolves where it is gone already. */
export async function removeDevice(client: QmpClient, id: string, removed: Removed): Promise<void> {
  if (!(await hasDevice(client, id))) return;
  const since = client.mark();
  try {
    await client.execute('device_del', { id });
  } catch (error) {
    // It may be on its way out already; whether it is gone is seen below.
    if (!(error instanceof CommandError)) throw error;
  }
  try {
    const { event } = await client.waitForEvent(['DEVICE_DELETED', 'DEVICE_UNPLUG_GUEST_ERROR'], {
      ...{ since, timeout: UNPLUG_TIMEOUT },
      where: ({ data }) => data.device === id,
    });
    if (event === 'DEVICE_UNPLUG_GUEST_ERROR') throw held(removed, 'the guest refuses');
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    if (await hasDevice(client, id)) throw held(removed, 'the guest has not let it go');
  }
}

function held({ what, ...named }: Removed, why: string): TransientError {
  const message = `${what} cannot be taken off: ${why}. It is tried again; a guest that stands still or boots cannot answer.`;
  return new TransientError({ reason: 'UnplugRefused', message, ...named });
}
