import { before, describe } from 'node:test';
import { API_VERSION } from './group.ts';
import { apiServer } from './testing/api-server.ts';
import { installCrds } from './testing/custom-resources.ts';
import { itAccepts, itRefuses } from './testing/verdicts.ts';

const root = { name: 'root', size: '10Gi' };
const vm = (spec: object, name = '') => ({
  apiVersion: API_VERSION,
  kind: 'VirtualMachine',
  metadata: { name },
  spec: { cpus: 2, memory: '2Gi', ...spec },
});
const disks = (...all: object[]) => ({ disks: all });
const withSource = (source: object) => disks({ ...root, source });
const networks = (...all: object[]) => ({ networks: all });
const ports = (...all: object[]) => networks({ name: 'default', ports: all });
const templateRef = { name: 'ubuntu' };
const http = { url: 'https://example.org/disk.qcow2' };
const sha256 = { type: 'sha256', value: 'a'.repeat(64) };

describe('VirtualMachine at the API server', () => {
  const server = apiServer();
  before(() => installCrds(server));

  itRefuses(server, vm, {
    'no CPU': { spec: { cpus: 0 }, field: 'spec.cpus', message: 'greater than or equal to 1' },
    '129 CPUs': { spec: { cpus: 129 }, field: 'spec.cpus', message: 'less than or equal to 128' },
    'CPUs as text': { spec: { cpus: 'two' }, field: 'spec.cpus', message: 'must be of type integer' },
    'no CPUs and no template': { spec: { cpus: undefined }, field: 'spec.cpus', message: 'required' },
    'no memory and no template': { spec: { memory: undefined }, field: 'spec.memory', message: 'required' },
    'memory that is no quantity': {
      spec: { memory: 'lots' },
      field: 'spec.memory',
      message: 'must be a quantity',
    },
    'memory of 0': { spec: { memory: '0' }, field: 'spec.memory', message: 'from 16Mi' },
    'negative memory': { spec: { memory: '-1Gi' }, field: 'spec.memory', message: 'from 16Mi' },
    'memory in millibytes': { spec: { memory: '8000m' }, field: 'spec.memory', message: 'from 16Mi' },
    'memory of a petabyte': { spec: { memory: '1Pi' }, field: 'spec.memory', message: 'to 16Ti' },
    'memory as a number': { spec: { memory: 4 }, field: 'spec.memory', message: 'must be of type string' },
    'running and runStrategy': {
      spec: { running: true, runStrategy: 'Always' },
      field: 'spec.runStrategy',
      message: 'set only one',
    },
    'an unknown runStrategy': {
      spec: { runStrategy: 'Often' },
      field: 'spec.runStrategy',
      message: 'supported values',
    },
    'an unknown acceleration': {
      spec: { acceleration: 'xen' },
      field: 'spec.acceleration',
      message: 'supported values',
    },
    'an unknown machine type': {
      spec: { machineType: 'i440' },
      field: 'spec.machineType',
      message: 'supported values',
    },
    'Secure Boot with BIOS': {
      spec: { firmware: { secureBoot: true } },
      field: 'spec.firmware.secureBoot',
      message: 'needs bootloader uefi',
    },
    'a kernel from two places': {
      spec: { kernel: { image: 'a', path: '/b' } },
      field: 'spec.kernel',
      message: 'exactly one of image, path',
    },
    'a negative grace period': {
      spec: { terminationGracePeriodSeconds: -1 },
      field: 'spec.terminationGracePeriodSeconds',
      message: 'greater than or equal to 0',
    },
    'a restart delay that is no duration': {
      spec: { highAvailability: { restartDelay: 'soon' } },
      field: 'spec.highAvailability.restartDelay',
      message: 'should match',
    },
    'an unknown eviction strategy': {
      spec: { highAvailability: { evictionStrategy: 'Pray' } },
      field: 'spec.highAvailability.evictionStrategy',
      message: 'supported values',
    },
    'a negative carbon intensity': {
      spec: { carbonAware: { maxIntensity: -1 } },
      field: 'spec.carbonAware.maxIntensity',
      message: 'greater than or equal to 0',
    },
    'a request that is no quantity': {
      spec: { resources: { requests: { memory: 'much' } } },
      field: 'spec.resources.requests.memory',
      message: 'should match',
    },
    'a toleration of an unknown effect': {
      spec: { tolerations: [{ effect: 'NoWay' }] },
      field: 'spec.tolerations[0].effect',
      message: 'supported values',
    },
    'an affinity without terms': {
      spec: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} } } },
      field: 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms',
      message: 'Required',
    },
    'cloud-init data beside its Secret': {
      spec: { cloudInit: { userData: '#cloud-config', secretRef: { name: 'seed' } } },
      field: 'spec.cloudInit.secretRef',
      message: 'instead of userData',
    },
  });

  describe('its image', () => {
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
  });

  describe('a disk', () => {
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
        spec: disks({ name: 'cd', type: 'cdrom' }),
        field: 'spec.disks[0].source',
        message: 'cdrom needs a source',
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
  });

  describe('a network', () => {
    itRefuses(server, vm, {
      'of a name that is taken': {
        spec: networks({ name: 'a' }, { name: 'a', type: 'bridge' }),
        field: 'spec.networks[1]',
        message: 'Duplicate value',
      },
      'of an unknown type': {
        spec: networks({ name: 'a', type: 'token-ring' }),
        field: 'spec.networks[0].type',
        message: 'supported values',
      },
      'that is a second pod network': {
        spec: networks({ name: 'a' }, { name: 'b' }),
        field: 'spec.networks',
        message: 'at most one network of type pod-network',
      },
      'of type multus without its name': {
        spec: networks({ name: 'a', type: 'multus' }),
        field: 'spec.networks[0].multusNetworkName',
        message: 'type multus needs it',
      },
      'with a multus name and another type': {
        spec: networks({ name: 'a', multusNetworkName: 'lan' }),
        field: 'spec.networks[0].multusNetworkName',
        message: 'goes with type multus',
      },
      'of a multicast MAC address': {
        spec: networks({ name: 'a', macAddress: '01:00:5e:00:00:01' }),
        field: 'spec.networks[0].macAddress',
        message: 'should match',
      },
      'of a MAC address that is taken': {
        spec: networks(
          { name: 'a', macAddress: '52:54:00:00:00:01' },
          { name: 'b', type: 'bridge', macAddress: '52:54:00:00:00:01' },
        ),
        field: 'spec.networks',
        message: 'macAddress may occur only once',
      },
      'of a static IP that is none': {
        spec: networks({ name: 'a', staticIP: '10.0.0.256' }),
        field: 'spec.networks[0].staticIP',
        message: 'IP address or a CIDR',
      },
      'with port 0': {
        spec: ports({ port: 0 }),
        field: 'spec.networks[0].ports[0].port',
        message: 'equal to 1',
      },
      'with port 65536': {
        spec: ports({ port: 65536 }),
        field: 'spec.networks[0].ports[0].port',
        message: '65535',
      },
      'with a port twice': {
        spec: ports({ port: 22 }, { port: 22, protocol: 'TCP' }),
        field: 'spec.networks[0].ports[1]',
        message: 'Duplicate value',
      },
      "with the launcher's port": {
        spec: ports({ port: 10707 }),
        field: 'spec.networks[0].ports[0].port',
        message: 'belongs to the launcher',
      },
    });
  });

  describe('its name', () => {
    itRefuses(server, (spec) => vm(spec, 'n'.repeat(53)), {
      'of 53 characters': { spec: {}, field: 'metadata.name', message: 'at most 52 characters' },
    });
    itRefuses(server, (spec) => vm(spec, 'web.example'), {
      'with a dot': { spec: {}, field: 'metadata.name', message: 'without dots' },
    });
    itAccepts(server, (spec) => vm(spec, 'n'.repeat(52)), { 'of 52 characters': { spec: {} } });
  });

  itAccepts(server, vm, {
    'nothing but CPUs and memory': { spec: {} },
    '128 CPUs': { spec: { cpus: 128 } },
    'the least memory': { spec: { memory: '16Mi' } },
    'a template that gives CPUs and memory': {
      spec: {
        cpus: undefined,
        memory: undefined,
        image: { templateRef: { ...templateRef, namespace: 'images' } },
      },
    },
    'a run strategy': { spec: { runStrategy: 'Manual' } },
    'another run strategy': { spec: { runStrategy: 'Always' }, change: { runStrategy: 'Halted' } },
    'power off': { spec: { running: true }, change: { running: false } },
    'other CPUs and memory': { spec: {}, change: { cpus: 4, memory: '1Gi' } },
    'a disk that grows': { spec: disks(root), change: disks({ ...root, size: '0.02Ti' }) },
    'a disk more and in another order': {
      spec: disks(root),
      change: disks({ name: 'data', size: '1Gi' }, root),
    },
    'a disk less': { spec: disks(root, { name: 'data', size: '1Gi' }), change: disks(root) },
    'an image of every source': {
      spec: {
        ...disks(root),
        image: {
          source: { s3: { endpoint: 'https://s3.example.org:9000', bucket: 'images', key: 'a/b.qcow2' } },
        },
      },
    },
    'disks of every source': {
      spec: disks(
        { ...root, source: { http: { ...http, checksum: sha256 } } },
        { name: 'a', source: { containerDisk: { image: 'example.org/disk@sha256:0' } } },
        { name: 'b', source: { pvc: { name: 'data' } }, deletePolicy: 'Keep' },
        { name: 'c', source: { snapshot: { name: 'before', disk: 'root' } } },
        { name: 'd', source: { image: { name: 'debian', namespace: 'images' } } },
        { name: 'e', size: '1Gi', source: { blank: {} } },
        { name: 'f', type: 'cdrom', source: { http } },
      ),
    },
    'networks of every type': {
      spec: networks(
        { name: 'a', binding: 'user', ports: [{ port: 53 }, { port: 53, protocol: 'UDP' }] },
        { name: 'b', type: 'bridge', staticIP: 'fd00::2/64' },
        { name: 'c', type: 'multus', multusNetworkName: 'infra/lan', staticIP: '10.0.0.2' },
      ),
    },
    'the scheduling of a pod': {
      spec: {
        nodeSelector: { 'kubernetes.io/arch': 'amd64' },
        tolerations: [{ operator: 'Exists' }],
        priorityClassName: 'system-node-critical',
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 1,
                podAffinityTerm: {
                  labelSelector: { matchLabels: { vm: 'a' } },
                  topologyKey: 'kubernetes.io/hostname',
                },
              },
            ],
          },
        },
        topologySpreadConstraints: [
          { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' },
        ],
        resources: { requests: { cpu: 1, memory: '1Gi' }, limits: { cpu: '1500m' } },
      },
    },
    'UEFI with Secure Boot and a TPM': {
      spec: { firmware: { bootloader: 'uefi', secureBoot: true, tpm: true } },
    },
    'a kernel to start directly': {
      spec: { kernel: { path: '/boot/vmlinuz', initrd: '/boot/initrd', cmdline: 'quiet' } },
    },
    'going back to a snapshot': { spec: {}, change: { snapshot: { revertToRef: { name: 'before' } } } },
  });
});
