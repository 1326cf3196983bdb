import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MachineExpected, MachineIncoming } from '@hypersdk/api/machine';
import { isAdmitted } from './admitted.ts';
import { isLentFile } from './lent-disk.ts';

const incoming: MachineIncoming = {
  ...{ id: 'a', memoryPort: 1, diskPort: 2, mirrored: [], streams: 1, acceleration: 'tcg' },
  source: 'web-1.default',
};

const expects: MachineExpected = {
  ...{ id: 'a', memoryPort: 1, diskPort: 2, launcherPort: 3, mirrored: [], streams: 1, bandwidth: 1 },
  ...{ target: 'web-2.default', downtime: 50, autoConverge: true },
};
const outgoing = { ...expects, host: '10.0.0.8' };

describe('the other side of a migration', () => {
  const rows = [
    { spec: { incoming }, name: 'web-1.default', url: '/migration/go-ahead/a', may: true },
    { spec: { incoming }, name: 'web-1.default', url: '/migration/disks/root', may: false },
    { spec: { incoming }, name: 'web-3.default', url: '/migration/go-ahead/a', may: false },
    { spec: { expects }, name: 'web-2.default', url: '/migration/listens/a', may: true },
    { spec: { outgoing }, name: 'web-2.default', url: '/migration/listens/a', may: true },
    { spec: { expects }, name: 'web-3.default', url: '/migration/listens/a', may: false },
    { spec: { expects }, name: 'web-2.default', url: '/migration/go-ahead/a', may: false },
    { spec: { lendsTo: 'web-2.default' }, name: 'web-2.default', url: '/migration/disks/root', may: true },
    { spec: { lendsTo: 'web-2.default' }, name: 'web-2.default', url: '/machine', may: false },
    { spec: { lendsTo: 'web-2.default' }, name: 'web-3.default', url: '/migration/disks/root', may: false },
    { spec: {}, name: 'web-2.default', url: '/migration/disks/root', may: false },
  ];
  for (const { spec, name, url, may } of rows) {
    it(`${may ? 'may' : 'may not'} ask ${url} as ${name} of one with ${Object.keys(spec).join() || 'neither'}`, () => {
      assert.equal(isAdmitted(spec, name, url), may);
    });
  }
});

describe('files that are lent', () => {
  const lent = ['layer-5aa95507.qcow2', 'layer-a-b.dropped', 'memory-5aa95507.json', 'memory-5aa95507.state'];
  const kept = [
    'disk.qcow2',
    'started.qcow2',
    'resume.state',
    'layer-a.qcow2.partial',
    '..',
    'layer-/../x.qcow2',
  ];
  for (const name of lent)
    it(`are ${name}`, () => {
      assert.ok(isLentFile(name));
    });
  for (const name of kept)
    it(`are not ${name}`, () => {
      assert.ok(!isLentFile(name));
    });
});
