import type { VirtualMachineStatus } from '@hypersdk/api';

type Migration = NonNullable<VirtualMachineStatus['migration']>;

/** Until the cut-over; undefined where that cannot be told, as of a guest that changes more than is sent. Pure. */
export function secondsLeft({
  phase,
  remainingBytes,
  dirtyRate = 0,
  throughput = 0,
}: Pick<Migration, 'phase' | 'remainingBytes' | 'dirtyRate' | 'throughput'>): number | undefined {
  const gain = throughput - dirtyRate;
  if (phase !== 'CopyingMemory' || remainingBytes === undefined || gain <= 0) return undefined;
  return Math.ceil(remainingBytes / gain);
}
