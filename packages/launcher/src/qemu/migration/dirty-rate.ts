import { setTimeout as delay } from 'node:timers/promises';
import type { QmpClient } from 'qemu-monitor';
import { unlessRefused } from '../disks/refusable.ts';

/** Milliseconds: of the sample, and between two looks for its end, which QEMU does not announce. */
const SAMPLE = 500;
const LOOK = 50;
const MIB = 1024 * 1024;

/** Bytes a second that the guest changes now, as a sample of its pages tells, in whole MiB. The guest does not notice. */
export async function dirtyRate(client: QmpClient, signal: AbortSignal): Promise<number> {
  // Refused while another sample is taken, which does as well.
  await unlessRefused(
    client.execute('calc-dirty-rate', { 'calc-time': SAMPLE, 'calc-time-unit': 'millisecond' }),
  );
  for (;;) {
    const { status, 'dirty-rate': rate } = await client.execute('query-dirty-rate', {}, { signal });
    if (status !== 'measuring') return Number(rate ?? 0) * MIB;
    await delay(LOOK, undefined, { signal });
  }
}
