import type { MachineIncoming, MachineMigration } from '@hypersdk/api/machine';
import { CommandError, type QmpClient } from 'qemu-monitor';
import { setCapabilities } from './capabilities.ts';

export type PostCopyAbility = NonNullable<MachineMigration['postCopy']>;

/**
 * Whether this QEMU can run a guest whose memory is on its way; undefined where nobody asks. It needs the kernel's userfaultfd,
 * which most nodes keep from whoever has no privilege.
 */
export async function postCopyAbility(
  client: QmpClient,
  { postCopy, streams }: Pick<MachineIncoming, 'postCopy' | 'streams'>,
): Promise<PostCopyAbility | undefined> {
  if (!postCopy) return undefined;
  if (streams > 1) return { possible: false, reason: 'memory that follows its guest takes one stream' };
  try {
    await setCapabilities(client, ['postcopy-ram']);
    return { possible: true };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { possible: false, reason: error.desc };
  }
}
