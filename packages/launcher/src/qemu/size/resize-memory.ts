import type { QmpClient } from 'qemu-monitor';
import { MEMORY_DEVICE_ID } from '../devices/memory.ts';

/** Bytes of the memory device: what the guest is to have of it, and what it has taken. */
export interface PluggedMemory {
  readonly requested: number;
  readonly size: number;
}

/** Undefined of a machine without such a device. */
export async function queryPluggedMemory(client: QmpClient): Promise<PluggedMemory | undefined> {
  const devices = await client.execute('query-memory-devices');
  const found = devices.find(({ type, data }) => type === 'virtio-mem' && data.id === MEMORY_DEVICE_ID);
  if (found?.type !== 'virtio-mem') return undefined;
  return { requested: Number(found.data['requested-size']), size: Number(found.data.size) };
}

/** The guest takes it, or gives it back, as it can; events tell how far it is. */
export async function resizeMemory(client: QmpClient, requested: number): Promise<void> {
  const path = `/machine/peripheral/${MEMORY_DEVICE_ID}`;
  await client.execute('qom-set', { path, property: 'requested-size', value: requested });
}
