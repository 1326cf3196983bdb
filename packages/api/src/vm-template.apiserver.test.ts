import { before, describe } from 'node:test';
import { API_VERSION } from './group.ts';
import { apiServer } from './testing/api-server.ts';
import { installCrds } from './testing/custom-resources.ts';
import { itAccepts, itRefuses } from './testing/verdicts.ts';

const source = { http: { url: 'http://images.example.org/ubuntu.qcow2' } };
const template = (spec: object, name = '') => ({
  apiVersion: API_VERSION,
  kind: 'VMTemplate',
  metadata: { name },
  spec: { image: { source }, ...spec },
});
const image = (more: object) => ({ image: { source, ...more } });
const defaultSpec = (fields: object) => ({ defaultSpec: fields });

describe('VMTemplate at the API server', () => {
  const server = apiServer();
  before(() => installCrds(server));

  itRefuses(server, template, {
    'no image': { spec: { image: undefined }, field: 'spec.image', message: 'Required' },
    'an image without a source': { spec: { image: {} }, field: 'spec.image.source', message: 'Required' },
    'an image of two sources': {
      spec: { image: { source: { ...source, containerDisk: { image: 'a' } } } },
      field: 'spec.image.source',
      message: 'exactly one of http, s3, containerDisk, pvc',
    },
    'a source that is no URL': {
      spec: { image: { source: { http: { url: 'ubuntu' } } } },
      field: 'spec.image.source.http.url',
      message: 'http or https URL',
    },
    'an unknown format': {
      spec: image({ format: 'iso9660' }),
      field: 'spec.image.format',
      message: 'supported values',
    },
    'a size that is no quantity': {
      spec: image({ size: '10 GB' }),
      field: 'spec.image.size',
      message: 'quantity',
    },
    'a checksum of the wrong length': {
      spec: image({ checksum: { type: 'sha256', value: 'abc' } }),
      field: 'spec.image.checksum.value',
      message: 'a sha256 has 64',
    },
    'a tag twice': { spec: { tags: ['lts', 'lts'] }, field: 'spec.tags[1]', message: 'Duplicate value' },
    'a default of 0 CPUs': {
      spec: defaultSpec({ cpus: 0 }),
      field: 'spec.defaultSpec.cpus',
      message: 'equal to 1',
    },
    'a default of UEFI for a microvm': {
      spec: defaultSpec({ machineType: 'microvm', firmware: { bootloader: 'uefi' } }),
      field: 'spec.defaultSpec.firmware.bootloader',
      message: 'microvm has no UEFI',
    },
    'a default of lots of memory': {
      spec: defaultSpec({ memory: 'lots' }),
      field: 'spec.defaultSpec.memory',
      message: 'must be a quantity',
    },
    'a default disk without a size': {
      spec: defaultSpec({ disks: [{ name: 'root' }] }),
      field: 'spec.defaultSpec.disks[0].size',
      message: 'needs a size',
    },
    'a recommendation that is no quantity': {
      spec: { recommendedResources: { minMemory: 'some' } },
      field: 'spec.recommendedResources.minMemory',
      message: 'must be a quantity',
    },
    'a namespace to share with that cannot be one': {
      spec: { sharedWith: ['Team A'] },
      field: 'spec.sharedWith[0]',
      message: 'should match',
    },
  });

  itRefuses(server, (spec) => template(spec, 'n'.repeat(53)), {
    'a name of 53 characters': { spec: {}, field: 'metadata.name', message: 'at most 52 characters' },
  });

  itAccepts(server, template, {
    'nothing but an image': { spec: {} },
    'everything that describes it': {
      spec: {
        displayName: 'Ubuntu 22.04 LTS',
        version: '22.04.5',
        tags: ['lts', 'linux'],
        osInfo: { type: 'linux', distribution: 'ubuntu', version: '22.04' },
        requiredFeatures: ['uefi'],
        recommendedResources: { minCpus: 1, minMemory: '512Mi', minDiskSize: '5Gi' },
        cloudInit: { defaultUserData: '#cloud-config' },
      },
    },
    'another checksum while the image is not imported': {
      spec: {},
      change: image({ checksum: { type: 'sha256', value: '0'.repeat(64) } }),
    },
    'another image, for VMs to come': {
      spec: {},
      change: { image: { source: { http: { url: 'http://images.example.org/other.qcow2' } } } },
    },
    'namespaces to share with': { spec: { sharedWith: ['team-a', '*'] } },
    'a smaller default disk afterwards': {
      spec: defaultSpec({ disks: [{ name: 'root', size: '10Gi' }] }),
      change: defaultSpec({ disks: [{ name: 'root', size: '5Gi' }] }),
    },
  });
});
