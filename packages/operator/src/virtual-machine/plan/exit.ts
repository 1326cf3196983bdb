/** Why QEMU ended: the launcher knows, and leaves its word behind when it cannot be asked any more. */
import { MachineTermination, type MachineExit } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import type { Observed } from '../observed.ts';
import { isLauncherGone, launcherMessage } from '../pod/end-of-pod.ts';

/** How long after QEMU's end the launcher's word is waited for; kubelet ends the launcher within a second. */
const WORD_MS = 15_000;

export function machineExit({ machine }: Pick<Observed, 'machine'>, pod: Pod): MachineExit | undefined {
  if (machine.type === 'state' && machine.state.exit) return machine.state.exit;
  const left = MachineTermination.safeParse(parsedJson(launcherMessage(pod)));
  return left.data?.exit;
}

/** Milliseconds for which the reason may still come; 0 once it has, or never will. */
export function exitWait(
  observed: Observed,
  pod: Pod,
  { finishedAt, now }: { finishedAt: string; now: Date },
): number {
  if (machineExit(observed, pod) || isLauncherGone(pod)) return 0;
  return Math.max(0, Date.parse(finishedAt) + WORD_MS - now.getTime());
}

/** What a killed launcher leaves is nothing, or the end of its log. */
function parsedJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
