/**
 * When authorities follow one another. Everything is read from the certificates and the clock, so that whoever looks
 * next, after whatever crash, goes on where the last one was.
 *
 * A successor is trusted first and signs later: in between, each launcher comes to know it. Its predecessor stays
 * trusted until each launcher has a certificate of the successor.
 */
import { validityOf, type KeyPair } from './authority.ts';

/** Milliseconds. */
export interface RotationTiming {
  /** How long an authority is valid. */
  readonly authority: number;
  /** How long before its end its successor is made. */
  readonly succession: number;
  /** How long a successor is only trusted, and then its predecessor still is. Kubelets carry the news in minutes. */
  readonly spread: number;
  /** How long the certificates of launchers and of the operator are valid. */
  readonly leaf: number;
  /** How long before their end they are renewed. */
  readonly renewal: number;
}

const DAY = 86_400_000;

/** Generous, because a node may be cut off for weeks while its guests run. */
export const rotationTiming: RotationTiming = {
  authority: 3 * 365 * DAY,
  succession: 365 * DAY,
  spread: 30 * DAY,
  leaf: 365 * DAY,
  renewal: 120 * DAY,
};

export interface Authorities {
  readonly newest: KeyPair;
  /** Trusted still, and signing as long as the newest is too young. */
  readonly previous?: KeyPair | undefined;
}

/** `found`: there is none yet. `succeed`: the newest needs a successor. `retire`: nobody needs the previous one. */
export type RotationStep = 'found' | 'succeed' | 'retire' | 'keep';

export function rotationStep(
  authorities: Authorities | undefined,
  now: Date,
  timing: RotationTiming,
): RotationStep {
  if (!authorities) return 'found';
  const { newest, previous } = authorities;
  if (previous) return isNeeded(previous, newest, now, timing) ? 'keep' : 'retire';
  const { until } = validityOf(newest);
  if (hasEnded(newest, now)) return 'found';
  return until.getTime() - now.getTime() < timing.succession ? 'succeed' : 'keep';
}

/** The one that signs now. */
export function signer({ newest, previous }: Authorities, now: Date, timing: RotationTiming): KeyPair {
  if (!previous || hasEnded(previous, now)) return newest;
  return age(newest, now) < timing.spread ? previous : newest;
}

/** PEM of all that are trusted, the newest first. */
export function bundle({ newest, previous }: Authorities): string {
  return [newest, ...(previous ? [previous] : [])].map(({ certificate }) => certificate.trim()).join('\n');
}

function isNeeded(previous: KeyPair, newest: KeyPair, now: Date, { spread }: RotationTiming): boolean {
  return !hasEnded(previous, now) && age(newest, now) < 2 * spread;
}

function hasEnded(authority: KeyPair, now: Date): boolean {
  return validityOf(authority).until <= now;
}

function age(authority: KeyPair, now: Date): number {
  return now.getTime() - validityOf(authority).from.getTime();
}
