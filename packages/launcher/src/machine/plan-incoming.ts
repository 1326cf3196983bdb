/** A QEMU that awaits a guest: it lets the source send, and runs what has come at the source's word alone. */
import type { MachineIncoming, MachineSpec } from '@hypersdk/api/machine';
import type { Action } from './action.ts';
import type { Observed, RunningQemu } from './observed.ts';
import type { Plan } from './planned.ts';

/** The source has the disk's file open, and goes on with it if the migration comes to nothing. */
export function isSharedWithSource(
  { incoming }: Pick<MachineSpec, 'incoming'>,
  { name }: { name: string },
): boolean {
  return incoming !== undefined && !incoming.mirrored.includes(name);
}

/** A guest goes on with what it was started with. */
export function wantedAcceleration({
  incoming,
  acceleration,
}: Pick<MachineSpec, 'incoming' | 'acceleration'>): MachineSpec['acceleration'] {
  return incoming?.acceleration ?? acceleration;
}

/** Undefined once the guest is here, and of a machine that awaits none. */
export function awaited({ spec, record }: Pick<Observed, 'spec' | 'record'>): MachineIncoming | undefined {
  const { incoming } = spec;
  const isHere = record.migration?.id === incoming?.id && record.migration?.state === 'arrived';
  return isHere ? undefined : incoming;
}

export function planIncoming(observed: Observed, incoming: MachineIncoming, qemu: RunningQemu): Plan {
  return { phase: 'Starting', actions: qemu.silent ? [] : steps(observed, incoming, qemu) };
}

function steps(observed: Observed, incoming: MachineIncoming, { migration }: RunningQemu): Action[] {
  const arrive: Action = { type: 'migrate', step: { type: 'arrive', id: incoming.id } };
  if (observed.record.migration?.state === 'arriving') return [arrive];
  if (observed.powerdownRequested) return [{ type: 'quit', reason: 'host-powerdown' }];
  switch (migration?.status) {
    case 'none':
      return [{ type: 'migrate', step: { type: 'listen', incoming } }];
    case 'completed':
      return observed.goAhead === incoming.id || incoming.takeOver ? [arrive] : [];
    case 'failed':
    case 'cancelled': {
      const message = `The guest did not come: ${migration.error ?? 'QEMU gives no reason'}.`;
      return [{ type: 'quit', reason: 'qemu-error', message }];
    }
    default:
      return [];
  }
}
