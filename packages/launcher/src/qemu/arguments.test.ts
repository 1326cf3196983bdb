import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import type { MachineSpec } from '@hypersdk/api/machine';
import { runtimeFiles } from '../pod/runtime-files.ts';
import { machineSpec } from '../testing/machine-spec.ts';
import { qemuArguments } from './arguments.ts';
import type { AttachedDisk } from './devices/disk.ts';
import { nodeName } from './devices/disk.ts';
import { uefiFiles } from './firmware/firmware-state.ts';

const files = runtimeFiles('/run/hypersdk');
const linkedRoot: AttachedDisk = {
  name: 'root',
  device: 'disk',
  bootIndex: 1,
  directIo: true,
  layers: [
    { file: '/volumes/root/disk.qcow2', driver: 'file', format: 'qcow2' },
    { file: '/images/ubuntu/image.qcow2', driver: 'file', format: 'qcow2' },
  ],
};
const blockData: AttachedDisk = {
  name: 'data',
  device: 'disk',
  directIo: true,
  layers: [{ file: '/volumes/data', driver: 'host_device', format: 'raw' }],
};
const installer: AttachedDisk = {
  name: 'installer',
  device: 'cdrom',
  bootIndex: 2,
  directIo: false,
  layers: [{ file: '/volumes/installer/disk.qcow2', driver: 'file', format: 'qcow2' }],
};
const network: MachineSpec['networks'][number] = {
  name: 'default',
  binding: 'user',
  mac: '52:54:00:12:34:56',
  ports: [
    { port: 22, protocol: 'TCP' },
    { port: 53, protocol: 'UDP' },
  ],
};
const guestAgent = { readiness: false };
const firmware = { bootloader: 'uefi', secureBoot: true, tpm: true, directory: '/firmware-state' } as const;
const podNetwork = { mtu: undefined, searchDomains: ['default.svc.cluster.local', 'cluster.local'] };
const cloudInit = { instanceId: 'i-1', hostname: 'ubuntu-vm' };

/** The whole vector, an argument a line. UPDATE_GOLDEN=1 writes what is found instead of comparing. */
const machines = [
  {
    golden: 'q35-full.txt',
    spec: machineSpec({ networks: [network], cloudInit, guestAgent }),
    accelerator: 'tcg',
    disks: [linkedRoot, blockData, installer],
  },
  { golden: 'q35-kvm-bare.txt', spec: machineSpec(), accelerator: 'kvm', disks: [] },
  {
    golden: 'pc.txt',
    spec: machineSpec({ machineType: 'pc', networks: [network], guestAgent }),
    accelerator: 'tcg',
    disks: [linkedRoot],
  },
  {
    golden: 'q35-masquerade.txt',
    spec: machineSpec({
      networks: [
        { ...network, binding: 'masquerade' },
        { ...network, name: 'second', binding: 'masquerade', mac: '52:54:00:12:34:57' },
        { ...network, name: 'third', ports: [] },
      ],
    }),
    accelerator: 'tcg',
    disks: [linkedRoot],
    podNetwork: { mtu: 1450, searchDomains: [] },
  },
  {
    golden: 'q35-secure-boot.txt',
    spec: machineSpec({ firmware }),
    accelerator: 'tcg',
    disks: [linkedRoot],
    uefi: uefiFiles(firmware, '/usr/share/OVMF'),
  },
  {
    golden: 'pc-uefi.txt',
    spec: machineSpec({ machineType: 'pc', firmware: { ...firmware, secureBoot: false, tpm: false } }),
    accelerator: 'tcg',
    disks: [linkedRoot],
    uefi: uefiFiles({ ...firmware, secureBoot: false }, '/usr/share/OVMF'),
  },
  {
    golden: 'microvm.txt',
    spec: machineSpec({ machineType: 'microvm', networks: [network], cloudInit, guestAgent }),
    accelerator: 'tcg',
    disks: [linkedRoot],
  },
] as const;

describe('qemuArguments', () => {
  for (const { golden, ...input } of machines) {
    it(`is what ${golden} says`, async () => {
      const path = new URL(`golden/${golden}`, import.meta.url);
      const found = qemuArguments({ podNetwork, ...input, files }).join('\n') + '\n';
      if (process.env['UPDATE_GOLDEN']) await writeFile(path, found);
      assert.equal(found, await readFile(path, 'utf8'));
    });
  }

  it('keeps the place of a network when a disk comes and of a disk when a network comes', () => {
    const place = (id: string, args: string[]): unknown => {
      const found = args.find((arg) => arg.includes(`"id":"${id}"`));
      return (JSON.parse(found ?? '{}') as { bus?: string }).bus;
    };
    const small = qemuArguments({
      spec: machineSpec(),
      accelerator: 'tcg',
      disks: [linkedRoot],
      files,
      podNetwork,
    });
    const large = qemuArguments({
      spec: machineSpec({ networks: [network], cloudInit }),
      accelerator: 'tcg',
      disks: [linkedRoot, blockData],
      files,
      podNetwork,
    });
    assert.equal(place('disk-root', large), place('disk-root', small));
    assert.notEqual(place('disk-root', large), place('net-default', large));
  });
});

it('gives an empty drive its place, and nothing to read', () => {
  const spec = machineSpec();
  const disks = [linkedRoot, { ...installer, layers: [] }];
  const args = qemuArguments({ spec, accelerator: 'tcg', disks, files, podNetwork });
  const drive = args.find((arg) => arg.includes('"id":"disk-installer"')) ?? '';
  assert.match(drive, /"driver":"ide-cd"/);
  assert.doesNotMatch(args.join(' '), /"(drive|node-name)":"disk-installer"/);
});

it('is the very machine that a guest goes on from', () => {
  const room = { bootCpus: 2, maxCpus: 8, bootMemory: 2 ** 28, maxMemory: 2 ** 30, machine: 'pc-q35-9.2' };
  const args = qemuArguments({
    ...{ spec: machineSpec({ room }), accelerator: 'tcg', disks: [], files, podNetwork },
  });
  assert.match(args[args.indexOf('-machine') + 1] ?? '', /^pc-q35-9\.2,/);
});

it('puts each drive on its own bus', () => {
  const disks = [installer, { ...installer, name: 'drivers', bus: 'scsi' as const, bootIndex: undefined }];
  const args = qemuArguments({ spec: machineSpec(), accelerator: 'tcg', disks, files, podNetwork });
  const [onSata, onScsi] = ['installer', 'drivers'].map((name) =>
    args.find((arg) => arg.includes(`"id":"disk-${name}"`)),
  );
  assert.match(onSata ?? '', /"driver":"ide-cd".*"bus":"ide.0"/);
  assert.match(onScsi ?? '', /"driver":"scsi-cd".*"bus":"scsi.0","scsi-id":0/);
  assert.match(args.join(' '), /"driver":"virtio-scsi-pci","id":"scsi"/);
});

describe('nodeName', () => {
  it("fits QEMU's 31 characters with its suffixes and stays unique for long names", () => {
    const names = ['a'.repeat(62) + 'x', 'a'.repeat(62) + 'y', '0'].map(nodeName);
    assert.equal(new Set(names).size, 3);
    for (const name of names) assert.match(`${name}.99.file`, /^[a-z][-._a-z0-9]{1,30}$/);
  });
});
