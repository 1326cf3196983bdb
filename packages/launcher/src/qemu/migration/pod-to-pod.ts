import type { MachineOutgoing } from '@hypersdk/api/machine';
import type { MigrationCapability } from 'qemu-monitor';

/** What both ends of a migration from pod to pod have to use. */
export function capabilitiesOf({
  streams,
  mirrored,
}: Pick<MachineOutgoing, 'streams' | 'mirrored'>): MigrationCapability[] {
  return [
    'events',
    // The source's migration has not completed before the target has said that it has everything.
    'return-path',
    // Mirrors are brought to their end while the guest stands still; without any it goes on at once.
    ...(mirrored.length > 0 ? (['pause-before-switchover'] as const) : []),
    'late-block-activate',
    ...(streams > 1 ? (['multifd'] as const) : []),
  ];
}
