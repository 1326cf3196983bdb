import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MachineSpec } from '@hypersdk/api/machine';
import { blankDisk, machineSpec } from '../testing/machine-spec.ts';
import { restartAwaiting } from './restart-awaiting.ts';

const masqueraded: MachineSpec['networks'][number] = {
  name: 'default',
  binding: 'masquerade',
  mac: '52:54:00:12:34:56',
  ports: [],
};

const second = { ...masqueraded, name: 'second', mac: '52:54:00:12:34:57' };

const cases: { name: string; wanted: Partial<MachineSpec>; fields: string[] }[] = [
  { name: 'nothing', wanted: {}, fields: [] },
  {
    name: 'power and the grace period, which need no restart',
    wanted: { power: 'off', gracePeriod: 1 },
    fields: [],
  },
  { name: 'cpus and memory', wanted: { cpus: 8, memory: 1 }, fields: ['cpus', 'memory'] },
  {
    name: 'a disk that came',
    wanted: { disks: [blankDisk(), blankDisk({ name: 'data' })] },
    fields: ['disks[data]'],
  },
  { name: 'a disk that went', wanted: { disks: [] }, fields: ['disks[root]'] },
  { name: 'nothing for a disk that grows', wanted: { disks: [blankDisk({ size: 2 ** 40 })] }, fields: [] },
  {
    name: 'nothing for a disk that exists by now',
    wanted: { disks: [blankDisk({ source: { type: 'existing' } })] },
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
  { name: 'a seed', wanted: { cloudInit: { instanceId: 'i', hostname: 'h' } }, fields: ['cloudInit'] },
];

describe('restartAwaiting', () => {
  const now = machineSpec({ disks: [blankDisk()], networks: [masqueraded, second] });
  for (const { name, wanted, fields } of cases) {
    it(`names ${name}`, () => {
      assert.deepEqual(
        restartAwaiting(now, { ...now, ...wanted }).map(({ field }) => field),
        fields,
      );
    });
  }
});
