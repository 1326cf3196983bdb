import type { Quiesced } from '@hypersdk/api/machine';
import { CommandError, type GuestAgent } from 'qemu-monitor';
import * as z from 'zod';
import { messageOf } from '../problem.ts';

/** Milliseconds. Nothing in the guest that writes goes on until it is thawed, so it is not given long. */
const FREEZE_TIMEOUT = 10_000;
const THAW_TIMEOUT = 10_000;

type Agent = Pick<GuestAgent, 'execute'>;

/** By the guest agent's protocol: how many file systems it has frozen or thawed. */
const Count = z.int().nonnegative();

/**
 * Has the guest's file systems frozen while `instant` is done, which is done in any case. Rejects as `instant` does.
 * `thawed` is false where the guest may still be frozen.
 */
export async function quiesce(
  agent: Agent,
  instant: () => Promise<void>,
): Promise<{ readonly quiesced: Quiesced; readonly thawed: boolean }> {
  const problem = await freeze(agent);
  try {
    await instant();
  } catch (error) {
    await thaw(agent);
    throw error;
  }
  // One that gave no answer may have frozen them by now.
  const thawed = await thaw(agent);
  if (problem !== undefined)
    return { quiesced: { value: false, reason: problem }, thawed: thawed !== undefined };
  if (thawed !== 0) return { quiesced: { value: true }, thawed: thawed !== undefined };
  return {
    quiesced: { value: false, reason: 'the guest did not stay frozen for long enough' },
    thawed: true,
  };
}

/** Thaws a guest that somebody froze who is gone since. Rejects where the agent gives no answer. */
export async function thawWhatIsFrozen(agent: Agent): Promise<boolean> {
  if ((await frozenStatus(agent)) !== 'frozen') return false;
  await agent.execute('guest-fsfreeze-thaw', undefined, { timeout: THAW_TIMEOUT });
  return true;
}

/** Undefined of an agent that does not know of freezing: it has frozen nothing. */
async function frozenStatus(agent: Agent): Promise<unknown> {
  try {
    return await agent.execute('guest-fsfreeze-status');
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

/** Why the guest is not frozen, or undefined when it is. */
async function freeze(agent: Agent): Promise<string | undefined> {
  try {
    const answer = await agent.execute('guest-fsfreeze-freeze', undefined, { timeout: FREEZE_TIMEOUT });
    return Count.parse(answer) > 0 ? undefined : 'the guest has no file system that can be frozen';
  } catch (error) {
    return `the guest agent has not frozen the file systems: ${messageOf(error).slice(0, 500)}`;
  }
}

/** How many file systems are thawed; undefined where that is not known. */
async function thaw(agent: Agent): Promise<number | undefined> {
  try {
    return Count.parse(await agent.execute('guest-fsfreeze-thaw', undefined, { timeout: THAW_TIMEOUT }));
  } catch {
    return undefined;
  }
}
