import type { Observed, RunningQemu } from '../observe/observed.ts';
import type { Plan } from './planned.ts';

/** A guest that has no ACPI handler yet, early in its boot, misses the button: press it again. */
const NUDGE_SECONDS = 5;

/** How a running guest is brought to power down in time, or undefined when nobody wants it to. */
export function planPowerdown(observed: Observed, qemu: RunningQemu, now: Date): Plan | undefined {
  const since = observed.record.powerdownSince;
  if (!observed.powerdownRequested) return since ? cancel : undefined;
  if (!since) return { phase: 'PoweringDown', actions: [{ type: 'begin-powerdown' }] };

  const deadline = later(new Date(since), observed.spec.gracePeriod);
  if (now >= deadline) {
    const message = `The guest did not power down within ${observed.spec.gracePeriod} s.`;
    return { phase: 'PoweringDown', actions: [{ type: 'quit', reason: 'host-forced', message }] };
  }
  const nudgeAt = observed.lastNudge && later(observed.lastNudge, NUDGE_SECONDS);
  if (!nudgeAt || now >= nudgeAt) {
    const resume = qemu.status !== 'running';
    return { phase: 'PoweringDown', actions: [{ type: 'system-powerdown', resume }] };
  }
  return { phase: 'PoweringDown', actions: [], wakeAt: nudgeAt < deadline ? nudgeAt : deadline };
}

const cancel: Plan = { phase: 'Running', actions: [{ type: 'cancel-powerdown' }] };

const later = (time: Date, seconds: number): Date => new Date(time.getTime() + seconds * 1000);
