import { before, describe } from 'node:test';
import { apiServer } from './testing/api-server.ts';
import { installCrds } from './testing/custom-resources.ts';
import { itAccepts, itRefuses } from './testing/verdicts.ts';
import { vm } from './testing/virtual-machine.ts';

const root = { name: 'root', size: '10Gi' };
const disks = (...all: object[]) => ({ disks: all });
const http = { url: 'https://example.org/disk.qcow2' };
const sha256 = { type: 'sha256', value: 'a'.repeat(64) };
const templateRef = { name: 'ubuntu' };

describe('the image of a VirtualMachine at the API server', () => {
  const server = apiServer();
  before(() => installCrds(server));

  itRefuses(server, vm, {
    'from template and source': {
      spec: { ...disks(root), image: { templateRef, source: { http } } },
      field: 'spec.image',
      message: 'exactly one of templateRef, source',
    },
    'from nowhere': { spec: { image: {} }, field: 'spec.image', message: 'exactly one' },
    'from two sources': {
      spec: { ...disks(root), image: { source: { http, pvc: { name: 'golden' } } } },
      field: 'spec.image.source',
      message: 'exactly one of http, s3, containerDisk, pvc',
    },
    'without a disk to go to': {
      spec: { image: { source: { http } } },
      field: 'spec.disks',
      message: 'needs a disk',
    },
    'with a checksum beside a template': {
      spec: { image: { templateRef, checksum: sha256 } },
      field: 'spec.image.checksum',
      message: 'goes with source',
    },
    'with two checksums': {
      spec: {
        ...disks(root),
        image: { source: { http: { ...http, checksum: sha256 } }, checksum: sha256 },
      },
      field: 'spec.image.checksum',
      message: 'set only one',
    },
    'with a checksum of the wrong length': {
      spec: {
        ...disks(root),
        image: { source: { http }, checksum: { type: 'sha512', value: 'a'.repeat(64) } },
      },
      field: 'spec.image.checksum.value',
      message: 'a sha512 128',
    },
    'with a checksum that is not hexadecimal': {
      spec: {
        ...disks(root),
        image: { source: { http }, checksum: { type: 'sha256', value: 'x'.repeat(64) } },
      },
      field: 'spec.image.checksum.value',
      message: 'should match',
    },
    'with an unknown checksum type': {
      spec: {
        ...disks(root),
        image: { source: { http }, checksum: { type: 'md5', value: 'a'.repeat(32) } },
      },
      field: 'spec.image.checksum.type',
      message: 'supported values',
    },
    'when another is taken': {
      spec: { image: { templateRef } },
      change: { image: { templateRef: { name: 'debian' } } },
      field: 'spec.image',
      message: 'cannot be changed',
    },
    'when it is taken away': {
      spec: { image: { templateRef } },
      change: { image: null },
      field: 'spec.image',
      message: 'cannot be changed',
    },
  });

  itAccepts(server, vm, {
    'an image of every source': {
      spec: {
        ...disks(root),
        image: {
          source: { s3: { endpoint: 'https://s3.example.org:9000', bucket: 'images', key: 'a/b.qcow2' } },
        },
      },
    },
  });
});
