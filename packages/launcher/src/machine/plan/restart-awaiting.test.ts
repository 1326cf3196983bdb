import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MachineSpec } from '@hypersdk/api/machine';
import { blankDisk, machineSpec } from '../../testing/machine-spec.ts';
import { restartAwaiting } from './restart-awaiting.ts';

const masqueraded: MachineSpec['networks'][number] = {
  name: 'default',
  binding: 'masquerade',
  mac: '52:54:00:12:34:56',
  ports: [],
};

const second = { ...masqueraded, name: 'second', mac: '52:54:00:12:34:57' };
const root = blankDisk({ bootIndex: 1 });

const cd = (medium: string) =>
  blankDisk({
    ...{ name: 'cd', device: 'cdrom' },
    volume: { type: 'filesystem', directory: `/volumes/cd.${medium}` },
  });

const cases: { name: string; now?: Partial<MachineSpec>; wanted: Partial<MachineSpec>; fields: string[] }[] =
  [
    { name: 'nothing', wanted: {}, fields: [] },
    {
      name: 'power and the grace period, which need no restart',
      wanted: { power: 'off', gracePeriod: 1 },
      fields: [],
    },
    {
      name: 'nothing for a disk that comes or goes',
      wanted: { disks: [root, blankDisk({ name: 'data' })] },
      fields: [],
    },
    {
      name: 'nothing for a disk whose volume is not in this pod: another one serves it',
      wanted: { disks: [root, blankDisk({ name: 'elsewhere' })] },
      fields: [],
    },
    {
      name: 'a disk that the guest boots from and that went',
      wanted: { disks: [] },
      fields: ['disks[root]'],
    },
    {
      name: 'a CD-ROM that came',
      wanted: { disks: [root, blankDisk({ name: 'cd', device: 'cdrom' })] },
      fields: ['disks[cd]'],
    },
    {
      name: 'a drive on another bus',
      now: { disks: [root, cd('first')] },
      wanted: { disks: [root, { ...cd('first'), bus: 'scsi' }] },
      fields: ['disks[cd]'],
    },
    {
      name: 'nothing for a medium that this pod has, or for none',
      now: { disks: [root, cd('first')] },
      wanted: { disks: [root, { ...cd('second'), empty: true }] },
      fields: [],
    },
    {
      name: 'nothing for a medium whose volume is not in this pod: another one serves it',
      now: { disks: [root, cd('first')] },
      wanted: { disks: [root, cd('second')] },
      fields: [],
    },
    { name: 'nothing for a disk that grows', wanted: { disks: [{ ...root, size: 2 ** 40 }] }, fields: [] },
    {
      name: 'nothing for a disk that exists by now',
      wanted: { disks: [{ ...root, source: { type: 'existing' } }] },
      fields: [],
    },
    {
      name: 'nothing for a port of the main masqueraded network, which has all that no other has',
      wanted: { networks: [{ ...masqueraded, ports: [{ port: 80, protocol: 'TCP' }] }, second] },
      fields: [],
    },
    {
      name: 'a port of another masqueraded network',
      wanted: { networks: [masqueraded, { ...second, ports: [{ port: 80, protocol: 'TCP' }] }] },
      fields: ['networks[second]'],
    },
    {
      name: 'another binding',
      wanted: { networks: [masqueraded, { ...second, binding: 'user' }] },
      fields: ['networks[second]'],
    },
    {
      name: 'a channel for the guest agent',
      wanted: { guestAgent: { readiness: true } },
      fields: ['guestAgent.enabled'],
    },
    {
      name: 'UEFI, Secure Boot and a TPM',
      wanted: { firmware: { bootloader: 'uefi', secureBoot: true, tpm: true, directory: '/firmware-state' } },
      fields: ['firmware.bootloader', 'firmware.secureBoot', 'firmware.tpm'],
    },
    {
      name: 'nothing for a network of its own that comes',
      wanted: { networks: [masqueraded, second, { ...second, name: 'third', binding: 'user' }] },
      fields: [],
    },
    {
      name: 'nothing for a masqueraded network that comes or goes',
      wanted: { networks: [masqueraded, { ...second, name: 'third' }] },
      fields: [],
    },
    {
      name: 'the main masqueraded network, which goes, and the one that is to take its place',
      wanted: { networks: [second] },
      fields: [`networks[${masqueraded.name}]`, `networks[${second.name}]`],
    },
    {
      name: 'a masqueraded network that comes to a pod without any',
      now: { networks: [] },
      wanted: { networks: [masqueraded] },
      fields: [`networks[${masqueraded.name}]`],
    },
    { name: 'a seed', wanted: { cloudInit: { instanceId: 'i', hostname: 'h' } }, fields: ['cloudInit'] },
  ];

describe('restartAwaiting', () => {
  const now = machineSpec({ disks: [root], networks: [masqueraded, second] });
  for (const { name, now: changes, wanted, fields } of cases) {
    it(`names ${name}`, () => {
      assert.deepEqual(
        restartAwaiting({ ...now, ...changes }, { ...now, ...wanted }).map(({ field }) => field),
        fields,
      );
    });
  }
});
