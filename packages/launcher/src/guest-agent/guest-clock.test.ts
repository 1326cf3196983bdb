import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CommandError, TimeoutError } from 'qemu-monitor';
import { jsonLog } from '../log.ts';
import { GuestClock } from './guest-clock.ts';

const log = jsonLog({ name: 'test', level: undefined, write: () => undefined });
const at = (event: 'STOP' | 'RESUME' | 'RESET', seconds: number) => ({
  event,
  timestamp: { seconds, microseconds: 500_000 },
});

function agent(answer: () => Promise<unknown> = () => Promise.resolve({})) {
  const times: unknown[] = [];
  const execute = (command: string, given?: object): Promise<unknown> => {
    times.push([command, given]);
    return answer();
  };
  return { times, execute };
}

const rows = [
  { when: 'it was paused', events: [at('STOP', 10), at('RESUME', 12)], isSet: true },
  { when: 'it goes on from saved memory', events: [at('RESUME', 12)], isSet: true },
  { when: 'it stood still for a snapshot', events: [at('STOP', 10), at('RESUME', 10)], isSet: false },
  { when: 'it stands still', events: [at('STOP', 10)], isSet: false },
  { when: 'it rebooted', events: [at('RESET', 10)], isSet: false },
  {
    when: 'it was paused, and snapshotted before its agent answered',
    events: [at('STOP', 10), at('RESUME', 12), at('STOP', 13), at('RESUME', 13)],
    isSet: true,
  },
];

describe("a guest's clock", () => {
  for (const { when, events, isSet } of rows) {
    it(`is ${isSet ? 'set once' : 'left alone'} when ${when}`, async () => {
      const clock = new GuestClock(log);
      for (const event of events) clock.hear(event);
      const { times, execute } = agent();
      const before = BigInt(Date.now()) * 1_000_000n;
      for (let looks = 0; looks < 2; looks++) await clock.set({ execute });
      assert.equal(times.length, isSet ? 1 : 0);
      if (!isSet) return;
      const [[command, { time }]] = times as [[string, { time: bigint }]]; // as asked for above
      assert.equal(command, 'guest-set-time');
      assert.ok(time >= before && time <= BigInt(Date.now()) * 1_000_000n);
    });
  }

  it('is set again after an agent that gave no answer, and not after one that refused', async () => {
    const clock = new GuestClock(log);
    clock.hear(at('RESUME', 1));
    const silent = agent(() => Promise.reject(new TimeoutError('guest-set-time', 1)));
    await assert.rejects(clock.set(silent));
    const refusing = agent(() => Promise.reject(new CommandError('guest-set-time', 'GenericError', 'no')));
    await clock.set(refusing);
    await clock.set(refusing);
    assert.deepEqual([silent.times.length, refusing.times.length], [1, 1]);
  });
});
