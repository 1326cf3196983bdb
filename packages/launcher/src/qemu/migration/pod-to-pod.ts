import type { MigrationCapability } from 'qemu-monitor';

/** What both ends of a migration from pod to pod have to use. */
export function capabilitiesOf({ streams }: { readonly streams: number }): MigrationCapability[] {
  return [
    'events',
    // The source's migration has not completed before the target has said that it has everything.
    'return-path',
    // Disks are handed over while the guest stands still.
    'pause-before-switchover',
    'late-block-activate',
    ...(streams > 1 ? (['multifd'] as const) : []),
  ];
}
