import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Disk, VirtualMachineStatus } from '@hypersdk/api';
import { anObservation, aVirtualMachine } from '../../testing/machines.ts';
import { hasContent } from '../disks/claims.ts';
import { resolveDisks } from '../disks/disks.ts';
import { resolveNetworks } from '../networks/networks.ts';
import type { Observed } from '../observed.ts';
import { machineSpec, mediumClaim } from './machine-spec.ts';

const root = aVirtualMachine().spec.disks![0]!;
const drive: Disk = { ...root, name: 'cd', type: 'cdrom', size: undefined, bootOrder: 2 };
const given = (name: string): Disk => ({ ...drive, source: { pvc: { name } } });

const observed = (cd: Disk, status?: VirtualMachineStatus): Observed =>
  anObservation({ vm: aVirtualMachine({ spec: { disks: [cd, root] }, ...(status && { status }) }) });

function machineDisks(seen: Observed) {
  const { vm, spec } = seen;
  const disks = resolveDisks(seen);
  const networks = resolveNetworks(seen);
  return machineSpec({ vm, spec, disks, networks, epoch: 1, power: 'on', acceleration: 'tcg' }).disks;
}

describe('a CD-ROM drive', () => {
  it('without a medium has no claim, and keeps its place', () => {
    const empty = observed(drive);
    assert.deepEqual(
      resolveDisks(empty).map(({ name }) => name),
      ['root'],
    );
    const [cd, disk] = machineDisks(empty);
    assert.deepEqual([cd?.name, cd?.device, cd?.empty, cd?.bootIndex], ['cd', 'cdrom', true, 2]);
    assert.equal(disk?.name, 'root');
  });

  it('is on the bus that is asked for, with a medium and without', () => {
    const buses = [drive, given('first')].map((cd) => machineDisks(observed({ ...cd, bus: 'scsi' }))[0]?.bus);
    assert.deepEqual(buses, ['scsi', 'scsi']);
  });

  it('has each medium at a path of its own, which tells its claim', () => {
    const directories = ['first', 'second'].map((name) => machineDisks(observed(given(name)))[0]?.volume);
    assert.deepEqual(
      directories.map((volume) => volume?.type === 'filesystem' && volume.directory),
      ['/volumes/cd.first', '/volumes/cd.second'],
    );
    assert.equal(mediumClaim('cd', '/volumes/cd.second/disk.qcow2'), 'second');
    assert.equal(mediumClaim('root', '/volumes/root/disk.qcow2'), undefined);
  });

  it('has a claim for each image that it is given', () => {
    const claims = ['http://a.test/a.iso', 'http://a.test/b.iso'].map((url) => {
      const cd = { ...drive, source: { http: { url } } };
      const vm = aVirtualMachine({ spec: { disks: [cd, root] } });
      const state = { type: 'ready', virtualSize: 1, time: '', attempts: 1 } as const;
      const image = {
        ...({ type: 'wanted', name: 'image-a', state, vmImage: undefined } as const),
        storageClass: undefined,
      };
      const [disk] = resolveDisks(anObservation({ vm, diskImages: new Map([['cd', image]]) }));
      return disk?.claimName ?? '';
    });
    assert.equal(new Set(claims).size, 2);
    for (const claim of claims) assert.match(claim, /^web\.cd\.image-[0-9a-f]{12}$/);
  });

  it('that held another medium has not made this one', () => {
    const vm = aVirtualMachine({ status: { disks: [{ name: 'cd', pvc: 'first', format: 'qcow2' }] } });
    const isMade = ['first', 'second'].map((claimName) => hasContent(vm, { name: 'cd', claimName }));
    assert.deepEqual(isMade, [true, false]);
  });
});
