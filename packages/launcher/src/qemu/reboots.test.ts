import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { QmpEvent } from 'qemu-monitor';
import { Reboots } from './reboots.ts';

const guestReset = (seconds: number, microseconds = 0): QmpEvent<'RESET'> => ({
  event: 'RESET',
  data: { guest: true, reason: 'guest-reset' },
  timestamp: { seconds, microseconds },
});
const ourReset = (seconds: number): QmpEvent<'RESET'> => ({
  event: 'RESET',
  data: { guest: false, reason: 'host-qmp-system-reset' },
  timestamp: { seconds, microseconds: 0 },
});

const rows = [
  { when: 'the firmware resets once more', events: [guestReset(10), guestReset(10, 60_000)], reboots: 1 },
  { when: 'the guest reboots twice', events: [guestReset(10), guestReset(20)], reboots: 2 },
  { when: 'we reset it, and the firmware once more', events: [ourReset(10), guestReset(11)], reboots: 0 },
  { when: 'it reboots after we reset it', events: [ourReset(10), guestReset(20)], reboots: 1 },
];

for (const { when, events, reboots } of rows) {
  it(`counts ${reboots} when ${when}`, () => {
    const watch = new Reboots();
    assert.equal(events.filter((event) => watch.isReboot(event)).length, reboots);
  });
}
