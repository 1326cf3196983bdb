/** Which guests go now, of all that are on nodes that are being drained. Pure. */
import type { VMOperation } from '@hypersdk/api';
import { earliest } from '../earliest.ts';
import type { ObservedDrains } from './observed.ts';
import { drainedNode, drainOperation } from './operation.ts';
import { standingOf, type Standing, type Stay } from './standing.ts';

export interface DrainPlan {
  readonly create: readonly VMOperation[];
  /** Not begun for a node that is drained no more, or in the way of one that could go. */
  readonly cancel: readonly VMOperation[];
  /** Milliseconds until another attempt, or until one that waits for room has waited long enough. */
  readonly requeueAfter?: number | undefined;
}

/** How long a migration may wait for room elsewhere while others wait for it to end. */
const ROOM_WAIT_MS = 60_000;

export function planDrains(observed: ObservedDrains, now: Date): DrainPlan {
  const standings = observed.stays.map((stay) => ({ stay, standing: standingOf(stay, now) }));
  const ready = standings.filter(isReady).sort((a, b) => keyOf(a.stay).localeCompare(keyOf(b.stay)));
  const { chosen, waiting } = withinLimits(ready, observed);
  const calledOff = observed.active.filter((operation) => isForgone(operation, observed));
  const roomless = waiting > 0 ? observed.active.flatMap((operation) => roomWait(operation, now)) : [];
  const { timeout } = observed.config;
  return {
    create: chosen.map(({ stay, standing: { attempt } }) => drainOperation({ ...stay, attempt, timeout })),
    cancel: [...calledOff, ...roomless.flatMap(({ operation, left }) => (left > 0 ? [] : [operation]))],
    requeueAfter: earliest(
      ...standings.map(({ standing }) => retryWait(standing, now)),
      ...roomless.map(({ left }) => (left > 0 ? left : undefined)),
    ),
  };
}

interface Ready {
  readonly stay: Stay;
  readonly standing: Extract<Standing, { type: 'ready' }>;
}

const isReady = (candidate: { stay: Stay; standing: Standing }): candidate is Ready =>
  candidate.standing.type === 'ready';

const keyOf = ({ vm: { metadata } }: Stay): string => `${metadata.namespace ?? ''}/${metadata.name}`;

/** Those that go now, and how many have to wait for others to end. */
function withinLimits(
  ready: readonly Ready[],
  { active, config }: ObservedDrains,
): { chosen: readonly Ready[]; waiting: number } {
  const nodes = active.map((operation) => drainedNode(operation) ?? '');
  const chosen: Ready[] = [];
  for (const candidate of ready) {
    const { node } = candidate.stay;
    const ofNode = nodes.filter((name) => name === node).length;
    if (nodes.length >= config.parallel || ofNode >= config.parallelPerNode) continue;
    nodes.push(node);
    chosen.push(candidate);
  }
  return { chosen, waiting: ready.length - chosen.length };
}

/** Whoever has uncordoned its node wants what is there to stay there; what is under way is seen to its end. */
function isForgone(operation: VMOperation, { nodes }: ObservedDrains): boolean {
  const isBegun = operation.status?.phase === 'Running';
  return !isBegun && !operation.spec.cancel && !nodes.has(drainedNode(operation) ?? '');
}

/** Of one whose target has no place yet: milliseconds that it may still wait. */
function roomWait(operation: VMOperation, now: Date): { operation: VMOperation; left: number }[] {
  const step = operation.status?.steps?.at(-1);
  if (operation.spec.cancel || step?.name !== 'Preparing') return [];
  return [{ operation, left: Date.parse(step.startTime ?? '') + ROOM_WAIT_MS - now.getTime() }];
}

function retryWait(standing: Standing, now: Date): number | undefined {
  return standing.type === 'retrying' ? standing.at.getTime() - now.getTime() : undefined;
}
