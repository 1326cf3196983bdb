import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attachmentName, type MachineDisk } from '@hypersdk/api/machine';
import { blankDisk, machineSpec } from '../../testing/machine-spec.ts';
import type { RunningQemu } from '../observe/observed.ts';
import { mediaJobs } from './media.ts';

const root = blankDisk({ bootIndex: 1 });
const medium = (name: string): MachineDisk =>
  blankDisk({
    name: 'cd',
    device: 'cdrom',
    volume: { type: 'filesystem', directory: `/volumes/cd.${name}` },
  });
const [first, second] = [medium('first'), medium('second')];
const empty: MachineDisk = { ...first, empty: true };
const has = (name: string): RunningQemu['disks'][number] => ({
  ...{ name: 'cd', format: 'qcow2', virtualSize: 1, actualSize: 1 },
  chain: [`/volumes/cd.${name}/disk.qcow2`],
});

interface Row {
  readonly when: string;
  readonly wanted: readonly MachineDisk[];
  readonly disks?: RunningQemu['disks'];
  readonly detached?: RunningQemu['detached'];
  readonly unmounted?: readonly string[];
  /** The medium that another pod serves. */
  readonly served?: MachineDisk;
  /** The drive is to have this medium, or none. */
  readonly change?: MachineDisk | 'none';
}

const rows: Row[] = [
  { when: 'has what it should', wanted: [root, first], disks: [has('first')] },
  { when: 'should be empty', wanted: [root, empty], disks: [has('first')], change: 'none' },
  { when: 'is not in the spec any more', wanted: [root], disks: [has('first')], change: 'none' },
  { when: 'is empty and should be', wanted: [root, empty] },
  { when: 'has another medium', wanted: [root, second], disks: [has('first')], change: second },
  { when: 'is empty and should not be', wanted: [root, first], change: first },
  {
    when: 'should have what this pod does not have',
    wanted: [root, second],
    disks: [has('first')],
    unmounted: ['cd'],
  },
  {
    when: 'should have what another pod serves',
    wanted: [root, second],
    disks: [has('first')],
    ...{ unmounted: ['cd'], served: second },
    change: second,
  },
  {
    when: 'has what another pod serves',
    wanted: [root, second],
    disks: [{ ...has('second'), chain: [`nbd:${attachmentName(second)}`] }],
    ...{ unmounted: ['cd'], served: second },
  },
  {
    when: 'has another medium that another pod serves',
    wanted: [root, second],
    disks: [{ ...has('first'), chain: [`nbd:${attachmentName(first)}`] }],
    change: second,
  },
  {
    when: 'was being emptied when the launcher died',
    wanted: [root, empty],
    detached: [has('first')],
    change: 'none',
  },
];

describe('the medium in a drive', () => {
  for (const { when, wanted, disks = [], detached = [], unmounted = [], served, change } of rows) {
    it(`${change ? 'is changed' : 'stays'} when the drive ${when}`, () => {
      const launch = {
        spec: machineSpec({ disks: [root, first] }),
        acceleration: { type: 'tcg' as const, reason: '' },
      };
      const attachments = served
        ? [{ disk: attachmentName(served), host: '10.0.0.9', port: 10809, server: 'web-1.cd' }]
        : [];
      const spec = machineSpec({ disks: [...wanted], attachments });
      const observed = { spec, record: { launch }, unmounted };
      const expected = { type: 'change-medium', name: 'cd', medium: change === 'none' ? undefined : change };
      assert.deepEqual(mediaJobs(observed, { disks, detached }), change ? [expected] : []);
    });
  }
});
