/** Observations for plan tests: a VM that could start, and what each test changes of it. */
import {
  effectiveSpec,
  machineDigest,
  parseBytes,
  type MachineDisk,
  type MachineSpec,
  type MachineState,
  type VirtualMachine,
  type VMTemplate,
} from '@hypersdk/api';
import { ownerReference } from '@hypersdk/kube';
import type { PersistentVolumeClaim, Pod, StorageClass } from '@hypersdk/kube';
import type { Config } from '../config.ts';
import { drainConfig } from '../drain/config.ts';
import type { GoldenImage } from '../image/golden-image.ts';
import { imageName, ownWish, templateOwnWish } from '../image/wish.ts';
import { ownerUid } from '../ownership.ts';
import { asksForKvm } from '../virtual-machine/acceleration/kvm.ts';
import { resolveDisks } from '../virtual-machine/disks/disks.ts';
import { resolveNetworks } from '../virtual-machine/networks/networks.ts';
import { machineSpec } from '../virtual-machine/pod/machine-spec.ts';
import { withHeldSizes } from '../virtual-machine/size/held-size.ts';
import type { Observed } from '../virtual-machine/observed.ts';
import type { ContainerStatus } from '../virtual-machine/pod/container.ts';
import { virtualMachinePod } from '../virtual-machine/pod/pod.ts';

export const NOW = new Date('2026-01-02T03:04:05Z');
export const UID = '0b8e0d6c-8a3b-4c8e-9f55-0d8a5c0b1a2e';

export const config: Config = {
  flattensOrphans: false,
  maxSnapshots: 32,
  featureGates: new Set(),
  podName: 'operator-0',
  namespace: 'hypersdk-system',
  launcherImage: 'hypersdk/launcher:test',
  pullPolicy: 'IfNotPresent',
  logLevel: 'info',
  importVolumeSize: '10Gi',
  acceleration: 'auto',
  carbon: { source: { type: 'none' }, defaultZone: undefined },
  drain: drainConfig('{}'),
  healthPort: 0,
  metricsPort: 0,
};

export function aVirtualMachine(
  changes: {
    spec?: Partial<VirtualMachine['spec']>;
    status?: VirtualMachine['status'];
    metadata?: Partial<VirtualMachine['metadata']>;
  } = {},
): VirtualMachine {
  return {
    apiVersion: 'hypersdk.io/v1alpha1',
    kind: 'VirtualMachine',
    metadata: {
      name: 'web',
      namespace: 'default',
      uid: UID,
      generation: 1,
      ...changes.metadata,
    },
    spec: {
      cpus: 1,
      memory: '256Mi',
      deletionProtection: false,
      disks: [
        {
          name: 'root',
          size: '1Gi',
          type: 'disk',
          accessMode: 'ReadWriteOnce',
          volumeMode: 'Filesystem',
          cloneMode: 'auto',
        },
      ],
      ...changes.spec,
    },
    ...(changes.status && { status: changes.status }),
  };
}

export function anObservation(changes: Partial<Observed> = {}): Observed {
  const vm = changes.vm ?? aVirtualMachine();
  return {
    vm,
    spec: withHeldSizes(effectiveSpec(vm.spec, changes.template?.spec), vm),
    pods: [],
    formerPods: [],
    attachments: [],
    copiers: [],
    snapshots: [],
    revertOperation: undefined,
    linkedClones: [],
    claimsAbove: new Map(),
    heldElsewhere: new Set(),
    orphanedBases: [],
    claims: new Map([['web-root', aClaim()]]),
    template: undefined,
    image: imageOf(vm, changes.template),
    diskImages: new Map(),
    goldenClaims: new Map(),
    storageClasses: [],
    podSecurity: 'privileged',
    carbon: undefined,
    operations: [],
    // As they stand once a VM's first reconcile with a guest is over.
    budgeted: new Set([...(changes.pods ?? []), changes.target].map((pod) => pod?.metadata.uid ?? '')),
    drain: undefined,
    machine: { type: 'none' },
    target: undefined,
    targetMachine: { type: 'none' },
    nodeReady: true,
    isKvmOffered: false,
    isSecretKnown: true,
    identity: { issuer: 'CN=ca', authorities: 'digest', renewal: 1000, written: undefined },
    config,
    ...changes,
  };
}

/** As far as the template says; one that a VM names itself is there. */
function imageOf(vm: VirtualMachine, template: VMTemplate | undefined): Observed['image'] {
  const wish = template ? templateOwnWish(template) : ownWish(vm);
  if (!wish) return undefined;
  const ready = template ? template.status?.ready : true;
  const size = template?.status?.size ?? '128Mi';
  const state: GoldenImage = ready
    ? { type: 'ready', virtualSize: parseBytes(size), time: NOW.toISOString(), attempts: 1 }
    : { type: 'importing', reason: 'Importing', message: 'It comes', progress: 1, attempts: 1 };
  return { name: imageName(wish), state };
}

export function aClaim(owner = UID): PersistentVolumeClaim {
  return {
    metadata: {
      name: 'web-root',
      namespace: 'default',
      annotations: { [ownerUid]: owner },
      ownerReferences: [ownerReference({ ...aVirtualMachine(), metadata: { name: 'web', uid: owner } })],
    },
    status: { phase: 'Bound' },
  };
}

/** The cluster's default class. */
export function aStorageClass(volumeBindingMode: 'Immediate' | 'WaitForFirstConsumer'): StorageClass {
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  return { metadata: { name: 'standard', annotations }, provisioner: 'example.com/disks', volumeBindingMode };
}

/** The pod that a VM's epoch has, as the API server shows it once it runs. */
export function aPod(
  vm: VirtualMachine,
  epoch: number,
  changes: { status?: Pod['status']; metadata?: Partial<Pod['metadata']> } = {},
  surroundings: Partial<Observed> = {},
): Pod {
  const observed = anObservation({ vm, ...surroundings });
  const disks = resolveDisks(observed);
  const networks = resolveNetworks(observed);
  const spec = effectiveSpec(vm.spec);
  const kvm = asksForKvm(observed);
  const pod = virtualMachinePod({ vm, spec, disks, networks, epoch, kvm, config: observed.config });
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      uid: `pod-${epoch}`,
      creationTimestamp: NOW.toISOString(),
      ...changes.metadata,
    },
    spec: { ...pod.spec, nodeName: 'node-1', containers: pod.spec?.containers ?? [] },
    status: changes.status ?? {
      phase: 'Running',
      podIP: '10.0.0.7',
      containerStatuses: [qemu({ running: {} })],
    },
  };
}

export function qemu(state: ContainerStatus['state']): ContainerStatus {
  return aContainerStatus('qemu', state ? { state } : {});
}

export function aContainerStatus(
  name: string,
  states: Partial<Pick<ContainerStatus, 'state' | 'lastState' | 'restartCount'>>,
): ContainerStatus {
  return { name, image: '', imageID: '', ready: true, restartCount: 0, ...states };
}

export function aMachine(
  vm: VirtualMachine,
  epoch: number,
  changes: Partial<MachineState> = {},
  wanted: Partial<MachineSpec> = {},
): Observed['machine'] {
  const observed = anObservation({ vm });
  const spec = machineSpec({
    vm,
    spec: effectiveSpec(vm.spec),
    disks: resolveDisks(observed),
    networks: resolveNetworks(observed),
    epoch,
    power: 'on',
    acceleration: 'auto',
  });
  const state: MachineState = {
    epoch,
    phase: 'Running',
    specDigest: machineDigest({ ...spec, ...wanted }),
    disks: spec.disks.map(diskState),
    restartAwaiting: [],
    ...changes,
  };
  return { type: 'state', address: { host: '10.0.0.7', certificateName: 'web' }, state };
}

const diskState = ({ name, size }: MachineDisk): MachineState['disks'][number] => ({
  ...{ name, format: 'qcow2', virtualSize: size, actualSize: 0, chain: [] },
});
