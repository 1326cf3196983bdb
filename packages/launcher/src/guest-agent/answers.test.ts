import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FileSystems, Hostname, Interfaces, machineInterfaces, OperatingSystem } from './answers.ts';

const MAC = '52:54:00:12:34:56';
const link = (name: string, mac: string | undefined, ...addresses: [string, number][]) => ({
  name,
  ...(mac !== undefined && { 'hardware-address': mac }),
  'ip-addresses': addresses.map(([address, prefix]) => ({
    'ip-address-type': 'ipv4',
    'ip-address': address,
    prefix,
  })),
});

describe("the guest's interfaces", () => {
  const rows = [
    {
      what: 'are those of the machine by their MAC, in any case',
      given: [
        link('lo', '00:00:00:00:00:00', ['127.0.0.1', 8]),
        link('eth0', MAC.toUpperCase(), ['10.0.2.2', 24]),
      ],
      expected: [{ name: 'eth0', mac: MAC, addresses: ['10.0.2.2/24'] }],
    },
    {
      what: 'tell of no link-local address, and of none that is none',
      given: [link('eth0', MAC, ['fe80::1', 64], ['fd00::7', 64], ['10.0.0.999', 24], ['192.0.2.7', 24])],
      expected: [{ name: 'eth0', mac: MAC, addresses: ['192.0.2.7/24', 'fd00::7/64'] }],
    },
    {
      what: 'have the addresses of a bridge that they are ports of',
      given: [link('eth0', MAC), link('br0', MAC, ['192.0.2.7', 24])],
      expected: [{ name: 'br0', mac: MAC, addresses: ['192.0.2.7/24'] }],
    },
    {
      what: 'may be there without an address',
      given: [{ name: 'eth0', 'hardware-address': MAC }],
      expected: [{ name: 'eth0', mac: MAC, addresses: [] }],
    },
    {
      what: 'leave out what the guest nests in itself',
      given: [link('veth1', '02:42:00:00:00:01')],
      expected: [],
    },
  ];
  for (const { what, given, expected } of rows) {
    it(what, () => {
      assert.deepEqual(machineInterfaces(Interfaces.parse(given), [MAC]), expected);
    });
  }

  it('end at sixteen addresses', () => {
    const many = Array.from({ length: 99 }, (_, index): [string, number] => [`10.0.0.${index}`, 24]);
    const [found] = machineInterfaces(Interfaces.parse([link('eth0', MAC, ...many)]), [MAC]);
    assert.equal(found?.addresses.length, 16);
  });
});

describe("the guest's file systems", () => {
  it('are one a mount point, in order, with what is used in percent', () => {
    const given = [
      { mountpoint: '/', type: 'ext4', 'total-bytes': 1000, 'used-bytes': 501 },
      { mountpoint: '/boot/efi', type: 'vfat' },
      { mountpoint: '/boot/efi', type: 'vfat', 'total-bytes': 2n ** 60n },
      { mountpoint: '/snap/core', type: 'squashfs', 'total-bytes': 5, 'used-bytes': 5 },
    ];
    assert.deepEqual(FileSystems.parse(given), [
      { mountPoint: '/', type: 'ext4', size: 1000, usedPercent: 51 },
      { mountPoint: '/boot/efi', type: 'vfat' },
    ]);
  });
});

describe('texts of the guest', () => {
  it('have no control characters, and end somewhere', () => {
    assert.equal(Hostname.parse({ 'host-name': 'we\u001b[31mb\n' }), 'we[31mb');
    assert.equal(OperatingSystem.parse({ name: 'x'.repeat(9999) })?.length, 256);
  });
});
