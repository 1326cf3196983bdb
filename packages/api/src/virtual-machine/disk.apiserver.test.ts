import { before, describe } from 'node:test';
import { apiServer } from '../testing/api-server.ts';
import { installCrds } from '../testing/custom-resources.ts';
import { itAccepts, itRefuses } from '../testing/verdicts.ts';
import { vm } from '../testing/virtual-machine.ts';

const root = { name: 'root', size: '10Gi' };
const disks = (...all: object[]) => ({ disks: all });
const withSource = (source: object) => disks({ ...root, source });
const http = { url: 'https://example.org/disk.qcow2' };
const sha256 = { type: 'sha256', value: 'a'.repeat(64) };

describe('a disk at the API server', () => {
  const server = apiServer();
  before(() => installCrds(server));

  itRefuses(server, vm, {
    'of a name that is taken': {
      spec: disks(root, root),
      field: 'spec.disks[1]',
      message: 'Duplicate value',
    },
    'of a name that is no DNS label': {
      spec: disks({ ...root, name: 'Root_Disk' }),
      field: 'spec.disks[0].name',
      message: 'should match',
    },
    'of a name of 41 characters': {
      spec: disks({ ...root, name: 'd'.repeat(41) }),
      field: 'spec.disks[0].name',
      message: '40',
    },
    'without a size': {
      spec: disks({ name: 'data' }),
      field: 'spec.disks[0].size',
      message: 'needs a size',
    },
    'of a size that is no quantity': {
      spec: disks({ ...root, size: 'big' }),
      field: 'spec.disks[0].size',
      message: 'must be a quantity',
    },
    'of size 0': { spec: disks({ ...root, size: '0' }), field: 'spec.disks[0].size', message: 'from 1Mi' },
    'of an unknown type': {
      spec: disks({ ...root, type: 'floppy' }),
      field: 'spec.disks[0].type',
      message: 'supported values',
    },
    'of two sources': {
      spec: withSource({ blank: {}, http }),
      field: 'spec.disks[0].source',
      message: 'exactly one of blank, http',
    },
    'of no source': { spec: withSource({}), field: 'spec.disks[0].source', message: 'exactly one' },
    'of a URL without a host': {
      spec: withSource({ http: { url: 'http://' } }),
      field: 'spec.disks[0].source.http.url',
      message: 'http or https URL',
    },
    'of a URL that is a file': {
      spec: withSource({ http: { url: 'file:///etc/shadow' } }),
      field: 'spec.disks[0].source.http.url',
      message: 'http or https URL',
    },
    'of a boot order that is taken': {
      spec: disks({ ...root, bootOrder: 1 }, { ...root, name: 'data', bootOrder: 1 }),
      field: 'spec.disks',
      message: 'bootOrder may occur only once',
    },
    'of boot order 0': {
      spec: disks({ ...root, bootOrder: 0 }),
      field: 'spec.disks[0].bootOrder',
      message: 'greater than or equal to 1',
    },
    'that is a blank cdrom': {
      spec: disks({ name: 'cd', type: 'cdrom', source: { blank: {} } }),
      field: 'spec.disks[0].source',
      message: 'cdrom cannot be blank',
    },
    'with a bus, which is not a cdrom': {
      spec: disks({ ...root, bus: 'scsi' }),
      field: 'spec.disks[0].bus',
      message: 'bus is of a cdrom',
    },
    'that shrinks': {
      spec: disks(root),
      change: disks({ ...root, size: '9Gi' }),
      field: 'spec.disks[0].size',
      message: 'cannot shrink',
    },
    'that shrinks in another unit': {
      spec: disks(root),
      change: disks({ ...root, size: '10G' }),
      field: 'spec.disks[0].size',
      message: 'cannot shrink',
    },
    'that shrinks by the other word for its size': {
      spec: disks(root),
      change: disks({ name: 'root', sizeGiB: 9 }),
      field: 'spec.disks[0].sizeGiB',
      message: 'cannot shrink, only grow',
    },
    'that shrinks by the usual word for its size': {
      spec: disks({ name: 'root', sizeGiB: 10 }),
      change: disks({ name: 'root', size: '10737418239' }),
      field: 'spec.disks[0].size',
      message: 'cannot shrink, only grow',
    },
    'that shrinks, in GiB': {
      spec: disks({ name: 'root', sizeGiB: 10 }),
      change: disks({ name: 'root', sizeGiB: 9 }),
      field: 'spec.disks[0].sizeGiB',
      message: 'cannot shrink, only grow',
    },
    'that shrinks at another place in the list': {
      spec: disks(root, { name: 'data', size: '2Gi' }),
      change: disks({ name: 'data', size: '1Gi' }, root),
      field: 'spec.disks[0].size',
      message: 'cannot shrink',
    },
    ...Object.fromEntries(
      Object.entries({
        source: { blank: {} },
        storageClass: 'slow',
        volumeMode: 'Block',
        accessMode: 'ReadWriteMany',
        cloneMode: 'full',
      }).map(([field, value]) => [
        `whose ${field} changes`,
        {
          spec: disks(root),
          change: disks({ ...root, [field]: value }),
          field: `spec.disks[0].${field}`,
          message: `${field} cannot be changed`,
        },
      ]),
    ),
  });

  itAccepts(server, vm, {
    'an empty CD-ROM drive': { spec: disks(root, { name: 'cd', type: 'cdrom' }) },
    'a medium that is ejected': {
      spec: disks(root, { name: 'cd', type: 'cdrom', source: { http } }),
      change: disks(root, { name: 'cd', type: 'cdrom' }),
    },
    'another medium': {
      spec: disks(root, { name: 'cd', type: 'cdrom', source: { http } }),
      change: disks(root, { name: 'cd', type: 'cdrom', bus: 'scsi', source: { image: { name: 'debian' } } }),
    },
    'a disk that grows': { spec: disks(root), change: disks({ ...root, size: '0.02Ti' }) },
    'a size by its other word': { spec: disks(root), change: disks({ name: 'root', sizeGiB: 10 }) },
    'a size by its usual word': {
      spec: disks({ name: 'root', sizeGiB: 10 }),
      change: disks({ name: 'root', size: '10240Mi' }),
    },
    'a disk that grows by the other word': {
      spec: disks({ ...root, size: '9.5Gi' }),
      change: disks({ name: 'root', sizeGiB: 10 }),
    },
    'a disk more and in another order': {
      spec: disks(root),
      change: disks({ name: 'data', size: '1Gi' }, root),
    },
    'a disk less': { spec: disks(root, { name: 'data', size: '1Gi' }), change: disks(root) },
    'disks of every source': {
      spec: disks(
        { ...root, source: { http: { ...http, checksum: sha256 } } },
        { name: 'a', source: { containerDisk: { image: 'example.org/disk@sha256:0' } } },
        { name: 'b', source: { pvc: { name: 'data' } }, deletePolicy: 'Keep' },
        { name: 'c', source: { snapshot: { name: 'before', disk: 'root' } } },
        { name: 'd', source: { image: { name: 'debian' } } },
        { name: 'e', size: '1Gi', source: { blank: {} } },
        { name: 'f', type: 'cdrom', source: { http } },
      ),
    },
  });
});
