import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VirtualMachine } from '@hypersdk/api';
import type { CarbonReading } from '../../carbon/reading.ts';
import { anObservation, aVirtualMachine, NOW } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import type { Observed } from '../observed.ts';
import { plan } from './plan.ts';

const MINUTE = 60_000;
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * MINUTE).toISOString();
const hence = (minutes: number) => new Date(NOW.getTime() + minutes * MINUTE);

const known = (intensity: number, askAgainAt?: Date): CarbonReading => ({
  ...{ type: 'known', zone: 'DE', intensity },
  askAgainAt,
});
const failing: CarbonReading = {
  type: 'failing',
  zone: 'DE',
  reason: 'it answers 503',
  askAgainAt: hence(1),
};
const asking: CarbonReading = { type: 'asking', zone: 'DE' };
const unknowable: CarbonReading = { type: 'unknowable', reason: 'no source' };

const carbonAware = { enabled: true, maxIntensity: 200, preferGreenEnergy: false, maxDelay: '2h' };

/** A VM that was asked to run so many minutes ago. */
function waiting(
  carbon: CarbonReading,
  { minutes, status, ...changes }: Partial<Observed> & { minutes: number; status?: VirtualMachine['status'] },
): Observed {
  const power = { desired: 'On', since: ago(minutes), by: 'spec' } as const;
  const vm = aVirtualMachine({ spec: { carbonAware }, status: { power, ...status } });
  return anObservation({ vm, carbon, ...changes });
}

interface Case {
  readonly name: string;
  readonly observed: Observed;
  /** The Ready condition's reason, and how long it is until the next look; or that the pod is made. */
  readonly then:
    { readonly waits: string; readonly minutes: number } | { readonly starts: string | undefined };
}

const cases: Case[] = [
  {
    name: 'waits above the limit, until the next answer',
    observed: waiting(known(412, hence(5)), { minutes: 30 }),
    then: { waits: 'WaitingForGreenPower', minutes: 5 },
  },
  {
    name: 'waits above the limit no longer than maxDelay',
    observed: waiting(known(412, hence(60)), { minutes: 110 }),
    then: { waits: 'WaitingForGreenPower', minutes: 10 },
  },
  {
    name: 'waits for what does not change until maxDelay is over',
    observed: waiting(known(412), { minutes: 30 }),
    then: { waits: 'WaitingForGreenPower', minutes: 90 },
  },
  {
    name: 'starts above the limit once maxDelay is over, and says so',
    observed: waiting(known(412, hence(5)), { minutes: 120 }),
    then: { starts: 'CarbonDelayOver' },
  },
  { name: 'starts at the limit', observed: waiting(known(200), { minutes: 0 }), then: { starts: undefined } },
  {
    name: 'waits a moment for the first answer',
    observed: waiting(asking, { minutes: 0 }),
    then: { waits: 'AskingCarbonIntensity', minutes: 5 },
  },
  {
    name: 'waits a little for a source that fails',
    observed: waiting(failing, { minutes: 1 }),
    then: { waits: 'CarbonIntensityUnknown', minutes: 1 },
  },
  {
    name: 'starts without an answer before long',
    observed: waiting(failing, { minutes: 5 }),
    then: { starts: 'CarbonIntensityUnknown' },
  },
  {
    name: 'starts at once where nothing can be known',
    observed: waiting(unknowable, { minutes: 0 }),
    then: { starts: 'CarbonIntensityUnknown' },
  },
  {
    name: 'starts a guest at once that has run since it was asked to',
    observed: waiting(known(412), { minutes: 30, status: { startTime: ago(20) } }),
    then: { starts: undefined },
  },
  {
    name: 'starts a guest at once that failed since it was asked to',
    observed: waiting(known(412), {
      minutes: 30,
      status: { lastEnd: { reason: 'QemuFailed', time: ago(20), podName: 'web-1' }, restartCount: 1 },
    }),
    then: { starts: undefined },
  },
  {
    name: 'starts a guest at once that somebody restarts',
    observed: waiting(known(412), {
      minutes: 0,
      operations: [anOperation('restart', { status: { phase: 'Running' } })],
    }),
    then: { starts: undefined },
  },
  {
    name: 'waits with a guest that ran before it was asked to start',
    observed: waiting(known(412), { minutes: 30, status: { startTime: ago(40) } }),
    then: { waits: 'WaitingForGreenPower', minutes: 90 },
  },
  {
    name: 'waits for no answer where no limit is set',
    observed: waiting(asking, {
      minutes: 0,
      spec: {
        ...anObservation().spec,
        carbonAware: { enabled: true, preferGreenEnergy: true, maxDelay: '2h' },
      },
    }),
    then: { starts: undefined },
  },
  {
    name: 'looks at no reading unless the VM asks for that',
    observed: { ...waiting(known(412), { minutes: 0 }), spec: anObservation().spec },
    then: { starts: undefined },
  },
];

describe('a start on green power', () => {
  for (const { name, observed, then } of cases) {
    it(name, () => {
      const planned = plan(observed, NOW);
      const ready = planned.status.conditions?.find(({ type }) => type === 'Ready');
      if ('waits' in then) {
        assert.equal(ready?.reason, then.waits);
        assert.equal(planned.status.phase, 'Pending');
        assert.equal(planned.requeueAfter, then.minutes * MINUTE);
        assert.deepEqual(planned.actions, []);
        return;
      }
      assert.equal(ready?.reason, 'CreatingPod');
      assert.ok(planned.actions.some(({ type }) => type === 'createPod'));
      const carbonEvents = planned.events
        .map(({ reason }) => reason)
        .filter((reason) => reason.startsWith('Carbon'));
      assert.deepEqual(carbonEvents, then.starts ? [then.starts] : []);
    });
  }

  it('says what is, what may be, and until when it waits at the latest', () => {
    const { status, events } = plan(waiting(known(412), { minutes: 30 }), NOW);
    const ready = status.conditions?.find(({ type }) => type === 'Ready');
    const message =
      'Carbon intensity in zone DE is 412 g/kWh, above maxIntensity 200; it starts at 2026-01-02T04:34:05.000Z at the latest';
    assert.equal(ready?.message, message);
    assert.equal(status.carbonIntensity, 412);
    assert.deepEqual(events, [{ type: 'Normal', reason: 'WaitingForGreenPower', message }]);
  });

  it('waits as long, whichever operator looks: the wait is counted from the request', () => {
    const first = plan(waiting(known(412), { minutes: 30 }), NOW);
    const again = waiting(known(412), { minutes: 30, status: first.status });
    const later = new Date(NOW.getTime() + 10 * MINUTE);
    assert.equal(plan(again, later).requeueAfter, 80 * MINUTE);
    assert.deepEqual(plan(again, later).events, []);
  });
});
