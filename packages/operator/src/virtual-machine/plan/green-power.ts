/** Whether a start waits for greener power: never longer than its maxDelay, and never for want of knowledge. */
import { parseDuration, type EffectiveSpec } from '@hypersdk/api';
import type { CarbonReading } from '../../carbon/reading.ts';
import type { Observed } from '../observed.ts';
import type { Outcome } from '../status/outcome.ts';
import type { PlannedEvent } from './actions.ts';
import type { Power } from './power.ts';
import { isAtWorkAs } from '../../vm-operation/at-work.ts';

/** How long an answer is waited for that may come at any moment: what is out for longer knows nothing of power. */
const SILENCE_MS = 300_000;

type CarbonAware = NonNullable<EffectiveSpec['carbonAware']>;
type Told = Pick<Outcome, 'phase' | 'reason' | 'message' | 'progress' | 'event' | 'carbonIntensity'>;

export type GreenPower =
  | { readonly type: 'start'; readonly carbonIntensity?: number; readonly event?: PlannedEvent }
  | { readonly type: 'wait'; readonly told: Told; readonly requeueAfter: number };

export function greenPower(observed: Observed, power: Power, now: Date): GreenPower {
  const { carbon, spec } = observed;
  if (!carbon || !spec.carbonAware?.enabled || isRestart(observed, power)) return { type: 'start' };
  // Nothing is too much then, so nothing is waited for.
  if (spec.carbonAware.maxIntensity === undefined) {
    return { type: 'start', ...(carbon.type === 'known' && { carbonIntensity: carbon.intensity }) };
  }
  return ofReading(carbon, { carbonAware: spec.carbonAware, since: Date.parse(power.since), now });
}

/** A guest that has run since it was asked to, or that somebody restarts, was green enough once. */
function isRestart({ vm, operations }: Observed, { since }: Power): boolean {
  const { startTime, lastEnd } = vm.status ?? {};
  const hasRun = [startTime, lastEnd?.time].some((time) => Date.parse(time ?? '') >= Date.parse(since));
  return hasRun || operations.some((operation) => isAtWorkAs(operation, 'restart'));
}

interface Wish {
  readonly carbonAware: CarbonAware;
  /** When the start was asked for, in milliseconds. */
  readonly since: number;
  readonly now: Date;
}

function ofReading(carbon: CarbonReading, wish: Wish): GreenPower {
  const patience = Math.min(SILENCE_MS, parseDuration(wish.carbonAware.maxDelay));
  switch (carbon.type) {
    case 'known':
      return ofIntensity(carbon, wish);
    case 'asking': {
      const message = `The carbon intensity of zone ${carbon.zone} is being asked`;
      const told = { reason: 'AskingCarbonIntensity', message } as const;
      return waitOr(startUnknown('its source has not answered'), told, {
        until: wish.since + patience,
        now: wish.now,
      });
    }
    case 'failing': {
      const until = wish.since + patience;
      const message = `The source of carbon intensity cannot be asked about zone ${carbon.zone}: ${carbon.reason}; ${latest(until)}`;
      const told = { reason: 'CarbonIntensityUnknown', message, event: 'Warning' } as const;
      return waitOr(startUnknown(carbon.reason), told, {
        until,
        now: wish.now,
        askAgainAt: carbon.askAgainAt,
      });
    }
    case 'unknowable':
      return startUnknown(carbon.reason);
  }
}

function ofIntensity(
  { zone, intensity, askAgainAt }: Extract<CarbonReading, { type: 'known' }>,
  { carbonAware: { maxIntensity, maxDelay }, since, now }: Wish,
): GreenPower {
  const carbonIntensity = intensity;
  if (maxIntensity === undefined || intensity <= maxIntensity) return { type: 'start', carbonIntensity };
  const until = since + parseDuration(maxDelay);
  const excess = `Carbon intensity in zone ${zone} is ${intensity} g/kWh, above maxIntensity ${maxIntensity}`;
  const over = {
    type: 'Normal',
    reason: 'CarbonDelayOver',
    message: `${excess}; maxDelay ${maxDelay} is over`,
  } as const;
  const told = {
    reason: 'WaitingForGreenPower',
    message: `${excess}; ${latest(until)}`,
    event: 'Normal',
  } as const;
  return waitOr(
    { type: 'start', carbonIntensity, event: over },
    { ...told, carbonIntensity },
    { until, now, askAgainAt },
  );
}

const latest = (until: number): string => `it starts at ${new Date(until).toISOString()} at the latest`;

function startUnknown(reason: string): GreenPower {
  const message = `The VM starts without knowing the carbon intensity: ${reason}`;
  return { type: 'start', event: { type: 'Warning', reason: 'CarbonIntensityUnknown', message } };
}

/** Waits until that time, and looks at each new answer until then. */
function waitOr(
  start: GreenPower,
  told: Omit<Told, 'phase' | 'progress'>,
  { until, now, askAgainAt }: { until: number; now: Date; askAgainAt?: Date | undefined },
): GreenPower {
  if (now.getTime() >= until) return start;
  const next = Math.min(until, askAgainAt?.getTime() ?? until);
  return {
    type: 'wait',
    told: { phase: 'Pending', progress: 'progressing', ...told },
    requeueAfter: Math.max(1, next - now.getTime()),
  };
}
