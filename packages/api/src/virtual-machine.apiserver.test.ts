import { before, describe } from 'node:test';
import { apiServer } from './testing/api-server.ts';
import { installCrds } from './testing/custom-resources.ts';
import { itAccepts, itRefuses } from './testing/verdicts.ts';
import { vm } from './testing/virtual-machine.ts';

const templateRef = { name: 'ubuntu' };

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
    'CPUs by two words': {
      spec: { resources: { cpu: 2 } },
      field: 'spec.resources.cpu',
      message: 'set only one',
    },
    'memory by two words': {
      spec: { resources: { memoryMiB: 1024 } },
      field: 'spec.resources.memoryMiB',
      message: 'set only one',
    },
    'more CPUs than may come, by another word': {
      spec: { cpus: undefined, maxCpus: 2, resources: { cpu: 4 } },
      field: 'spec.resources.cpu',
      message: 'more than maxCpus',
    },
    'more memory than may come, by another word': {
      spec: { memory: undefined, maxMemory: '1Gi', resources: { memoryMiB: 2048 } },
      field: 'spec.resources.memoryMiB',
      message: 'more than maxMemory',
    },
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
    'UEFI on a microvm': {
      spec: { machineType: 'microvm', firmware: { bootloader: 'uefi' } },
      field: 'spec.firmware.bootloader',
      message: 'microvm has no UEFI',
    },
    'a TPM on a microvm': {
      spec: { machineType: 'microvm', firmware: { tpm: true } },
      field: 'spec.firmware.tpm',
      message: 'microvm has no TPM',
    },
    'Secure Boot on a pc': {
      spec: { machineType: 'pc', firmware: { bootloader: 'uefi', secureBoot: true } },
      field: 'spec.firmware.secureBoot',
      message: 'needs machineType q35',
    },
    'firmware state for BIOS, which has none': {
      spec: { firmware: { source: { pvc: { name: 'kept' } } } },
      field: 'spec.firmware.source',
      message: 'keeps nothing',
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
    'UEFI on a pc, and a TPM with BIOS': {
      spec: { machineType: 'pc', firmware: { bootloader: 'uefi' } },
      change: { firmware: { tpm: true, source: { pvc: { name: 'kept' } } } },
    },
    'a kernel to start directly': {
      spec: { kernel: { path: '/boot/vmlinuz', initrd: '/boot/initrd', cmdline: 'quiet' } },
    },
    'going back to a snapshot': { spec: {}, change: { snapshot: { revertToRef: { name: 'before' } } } },
  });
});
