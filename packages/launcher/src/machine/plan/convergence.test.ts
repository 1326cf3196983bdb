import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MachineOutgoing } from '@hypersdk/api/machine';
import type { MigrationFigures } from '../../qemu/migration/figures.ts';
import { convergence, nextDowntime } from './convergence.ts';

const outgoing: MachineOutgoing = {
  ...{ id: 'a', memoryPort: 1, diskPort: 2, launcherPort: 3, mirrored: [], streams: 1 },
  ...{
    host: '10.0.0.2',
    target: 'web-2',
    bandwidth: 1,
    downtime: 50,
    longestDowntime: 1000,
    autoConverge: true,
  },
};
const busy: MigrationFigures = {
  ...{ status: 'active', passes: 9, throttle: 99, expectedDowntime: 300, downtimeLimit: 50 },
};

const rows: {
  when: string;
  changes?: Partial<MachineOutgoing>;
  figures?: Partial<MigrationFigures>;
  does?: ReturnType<typeof convergence>;
}[] = [
  { when: 'it has just begun', figures: { passes: 3 } },
  { when: 'it can still be slowed down', figures: { throttle: 80 } },
  { when: 'it is slowed down as far as may be', does: 'stand-longer' },
  {
    when: 'it may stand still for nearly the longest',
    figures: { downtimeLimit: 800, expectedDowntime: 1500 },
    does: 'stand-longer',
  },
  { when: 'it may stand still for the longest', figures: { downtimeLimit: 1000, expectedDowntime: 1500 } },
  { when: 'it could go now', figures: { expectedDowntime: 40 } },
  {
    when: 'it must not be slowed down',
    changes: { autoConverge: false },
    figures: { throttle: 0 },
    does: 'stand-longer',
  },
  { when: 'its longest pause was asked for', changes: { longestDowntime: undefined } },
  {
    when: 'it may go before its memory, and slowing it down has not helped yet',
    changes: { postCopy: true },
    figures: { throttle: 30 },
    does: 'go-ahead-of-memory',
  },
  {
    when: 'it may go before its memory, and has not been slowed down yet',
    changes: { postCopy: true },
    figures: { throttle: 0 },
  },
  {
    when: 'it may go before its memory, and must not be slowed down',
    changes: { postCopy: true, autoConverge: false },
    figures: { throttle: 0 },
    does: 'go-ahead-of-memory',
  },
];

describe('a guest that does not converge', () => {
  for (const { when, changes, figures, does } of rows)
    it(`${does === undefined ? 'is left to QEMU' : `is to ${does}`} when ${when}`, () => {
      assert.equal(convergence({ ...outgoing, ...changes }, { ...busy, ...figures }), does);
    });

  it('may stand still for twice as long each time, up to its longest', () => {
    const limits = [50, 400, 800].map((downtimeLimit) => nextDowntime(outgoing, { ...busy, downtimeLimit }));
    assert.deepEqual(limits, [100, 800, 1000]);
  });
});
