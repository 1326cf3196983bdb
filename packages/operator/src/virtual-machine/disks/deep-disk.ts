import type { VirtualMachine } from '@hypersdk/api';
import { MOST_LAYERS } from '@hypersdk/api/machine';

/** What is said of a disk that cannot be frozen once more, and what to do about it; undefined where all can. */
export function deepDisk({ status }: VirtualMachine): string | undefined {
  const deep = status?.disks?.find(({ chain }) => (chain?.length ?? 0) >= MOST_LAYERS);
  return (
    deep &&
    `disk ${deep.name} consists of ${MOST_LAYERS} layers, which is the most that it may: delete snapshots, or flatten it`
  );
}
