import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { secondsLeft } from './seconds-left.ts';

const sending = { phase: 'CopyingMemory', remainingBytes: 1000, throughput: 300, dirtyRate: 100 } as const;

describe('the time that is left until the cut-over', () => {
  const rows = [
    { when: 'memory is sent faster than the guest changes it', migration: sending, seconds: 5 },
    { when: 'the guest changes nothing', migration: { ...sending, dirtyRate: undefined }, seconds: 4 },
    {
      when: 'the guest changes as much as is sent',
      migration: { ...sending, dirtyRate: 300 },
      seconds: undefined,
    },
    { when: 'nothing was sent yet', migration: { ...sending, throughput: 0 }, seconds: undefined },
    { when: 'disks go first', migration: { ...sending, phase: 'CopyingDisks' as const }, seconds: undefined },
    { when: 'it is over', migration: { ...sending, phase: 'Succeeded' as const }, seconds: undefined },
  ];
  for (const { when, migration, seconds } of rows)
    it(`is ${seconds === undefined ? 'not known' : `${seconds} s`} when ${when}`, () => {
      assert.equal(secondsLeft(migration), seconds);
    });
});
