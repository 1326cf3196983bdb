import {
  effectiveSpec,
  Labels,
  type EffectiveSpec,
  type VirtualMachine,
  type VMOperation,
} from '@hypersdk/api';
import { isOwnedBy, keyOf, type PersistentVolumeClaim, type Pod } from '@hypersdk/kube';
import { OFFERED } from '../cache-indexes.ts';
import type { Caches } from '../caches.ts';
import { isDraining } from '../drain/draining-node.ts';
import { templateOf } from '../image/templates.ts';
import { LauncherDistrustedError, type LauncherAddress } from '../launchers/request.ts';
import { claimsBelow } from '../ownership.ts';
import { isActive, byAge } from '../vm-operation/order.ts';
import { snapshotsOf } from '../vm-snapshot/of-vm.ts';
import { isSelected } from './acceleration/kvm.ts';
import { diskClaimName, ownClaimName } from './disks/claim-name.ts';
import { diskImages } from './disks/disk-image.ts';
import { heldElsewhere } from './disks/held-elsewhere.ts';
import { claimsAbove, linkedClones, orphanedBases } from './disks/linked-clones.ts';
import { DEFAULT_ROOT, rootImage } from './disks/root-image.ts';
import { firmwareClaimName } from './disks/firmware-state.ts';
import { podSecurityLevel } from './networks/pod-security.ts';
import { isLauncherGone, isOver } from './pod/end-of-pod.ts';
import { certificateName, epochOf, isTarget } from './pod/epoch.ts';
import { withHeldSizes } from './size/held-size.ts';
import type { MachineObservation, Observed } from './observed.ts';
import type { Sources } from '../context.ts';
import type { DiskContext } from './disks/resolved-disk.ts';

/** Reads the caches, and asks the VM's launcher when there is one to ask. */
export async function observe(sources: Sources, vm: VirtualMachine, signal: AbortSignal): Promise<Observed> {
  const { caches, config } = sources;
  // A clone's copier belongs to the VM, too.
  const all = caches.pods
    .byIndex('owner', vm.metadata.uid ?? '')
    .filter(({ metadata }) => metadata.labels?.[Labels.cloneTarget] === undefined);
  const target = all.find((pod) => isTarget(vm, pod));
  const pods = all.filter((pod) => pod !== target);
  const targets = all.filter((pod) => pod === target);
  const ready = targets.every((pod) => isNodeReady(caches, pod));
  const nodeReady = pods.every((pod) => isNodeReady(caches, pod));
  const disks = diskContext(caches, vm);
  const { spec } = disks;
  return {
    ...disks,
    pods,
    formerPods: formerPods(caches, vm),
    linkedClones: linkedClones(caches, vm),
    claimsAbove: new Map([...disks.claims].map(([name, claim]) => [name, claimsAbove(caches, keyOf(claim))])),
    heldElsewhere: heldElsewhere(caches, disks),
    snapshots: snapshotsOf(caches, vm),
    revertOperation: revertOperation(caches, vm),
    attachments: caches.pods.byIndex('attachedTo', keyOf(vm)),
    orphanedBases: orphanedBases(caches, disks),
    copiers: caches.pods.byIndex('cloneSource', keyOf(vm)).filter((pod) => !isOver(pod)),
    podSecurity: podSecurityOf(caches, vm),
    carbon: carbonOf(sources, vm, { spec, pods }),
    operations: activeOperations(caches, vm),
    budgeted: budgetedPods(sources, all),
    drain: drainOf(sources, vm, pods),
    machine: await observeMachine(sources, vm, { pods, nodeReady }, signal),
    target,
    targetMachine: await observeMachine(sources, vm, { pods: targets, nodeReady: ready }, signal),
    isSecretKnown: all.every(({ metadata }) => sources.knownSecrets.has(metadata.uid ?? '')),
    identity: { ...sources.authorities.trust.wanted, written: lastWrite(sources, pods) },
    nodeReady,
    isKvmOffered: caches.nodes.byIndex('kvm', OFFERED).some((node) => isSelected(node, spec)),
    config,
  };
}

/** What the VM's disks rest on. */
export function diskContext(caches: Caches, vm: VirtualMachine): DiskContext {
  const template = templateOf(caches, vm);
  const spec = withHeldSizes(effectiveSpec(vm.spec, template?.spec), vm);
  const claims = claimsOf(caches, vm, spec);
  const image = rootImage(caches, { vm, spec, claims, template });
  const images = diskImages(caches, vm, spec.disks);
  return {
    ...{ vm, spec, template, claims, image },
    diskImages: images,
    goldenClaims: goldenClaims(caches, vm, [image, ...images.values()]),
    storageClasses: caches.storageClasses.list(),
  };
}

function goldenClaims(
  caches: Caches,
  { metadata: { namespace = '' } }: VirtualMachine,
  images: readonly (object | undefined)[],
): Map<string, PersistentVolumeClaim> {
  const names = images.flatMap((image) => (image && 'name' in image ? String(image.name) : []));
  return named(caches, namespace, names);
}

function revertOperation(caches: Caches, { metadata, status }: VirtualMachine): VMOperation | undefined {
  const name = status?.reverting?.operation;
  return name === undefined ? undefined : caches.operations.get(`${metadata.namespace ?? ''}/${name}`);
}

function formerPods(caches: Caches, vm: VirtualMachine): Pod[] {
  const pods = caches.pods.byIndex('vm', keyOf(vm));
  return pods.filter(({ metadata }) => !metadata.ownerReferences?.some(({ uid }) => uid === vm.metadata.uid));
}

/** The cache may not know yet of one that we have made. */
function budgetedPods({ caches, knownBudgets }: Sources, pods: readonly Pod[]): ReadonlySet<string> {
  const uids = pods.flatMap((pod) => {
    const { uid = '' } = pod.metadata;
    const cached = caches.budgets.get(keyOf(pod));
    return knownBudgets.has(uid) || (cached && isOwnedBy(cached, uid)) ? [uid] : [];
  });
  return new Set(uids);
}

function drainOf({ caches, config }: Sources, vm: VirtualMachine, pods: readonly Pod[]): Observed['drain'] {
  const node = caches.nodes.get(newest(pods)?.spec?.nodeName ?? '');
  if (!node || !isDraining(node, config.drain)) return undefined;
  return { node: node.metadata.name, operations: caches.operations.byIndex('vm', keyOf(vm)) };
}

function podSecurityOf(caches: Caches, vm: VirtualMachine): Observed['podSecurity'] {
  const namespace = caches.namespaces.get(vm.metadata.namespace ?? '');
  return namespace && podSecurityLevel(namespace);
}

/** Only of a VM that could start: whoever runs, or is off, has nobody asked. */
function carbonOf(
  { carbon }: Sources,
  { metadata }: VirtualMachine,
  { spec: { carbonAware, runStrategy }, pods }: Pick<Observed, 'spec' | 'pods'>,
): Observed['carbon'] {
  if (!carbonAware?.enabled || runStrategy === 'Halted' || pods.length > 0) return undefined;
  return carbon.read(carbonAware.zone, `${metadata.namespace ?? ''}/${metadata.name}`);
}

function claimsOf(
  caches: Caches,
  vm: VirtualMachine,
  spec: EffectiveSpec,
): Map<string, PersistentVolumeClaim> {
  const names = [
    ownClaimName(vm, DEFAULT_ROOT),
    ...[firmwareClaimName(vm, spec) ?? []].flat(),
    ...spec.disks.map((disk) => diskClaimName(vm, disk)),
    ...(vm.status?.migration?.disks ?? []).flatMap(({ from, to }) => [from, to]),
  ];
  const namespace = vm.metadata.namespace ?? '';
  const own = named(caches, namespace, names);
  const below = named(caches, namespace, [...own.values()].flatMap(claimsBelow));
  return new Map([...below, ...own]);
}

function named(
  { claims }: Caches,
  namespace: string,
  names: readonly string[],
): Map<string, PersistentVolumeClaim> {
  const found = names.flatMap((name) => claims.get(`${namespace}/${name}`) ?? []);
  return new Map(found.map((claim) => [claim.metadata.name, claim]));
}

function activeOperations(caches: Caches, vm: VirtualMachine): VMOperation[] {
  const key = `${vm.metadata.namespace ?? ''}/${vm.metadata.name}`;
  return caches.operations.byIndex('vm', key).filter(isActive).sort(byAge);
}

function isNodeReady(caches: Caches, pod: Pod): boolean {
  const node = caches.nodes.get(pod.spec?.nodeName ?? '');
  const ready = node?.status?.conditions?.find(({ type }) => type === 'Ready');
  return ready === undefined || ready.status === 'True';
}

async function observeMachine(
  sources: Sources,
  vm: VirtualMachine,
  { pods, nodeReady }: Pick<Observed, 'pods' | 'nodeReady'>,
  signal: AbortSignal,
): Promise<MachineObservation> {
  const address = launcherAddress(pods);
  if (!address) return { type: 'none' };
  const key = `${vm.metadata.namespace ?? ''}/${vm.metadata.name}`;
  const streamed = sources.followed.state(key, address);
  if (streamed) return { type: 'state', address, state: streamed };
  // Waiting for the launchers of a dead node, one time-out each, would hold up every other VM.
  if (!nodeReady) return { type: 'unreachable', address };
  try {
    return { type: 'state', address, state: await sources.launchers.machine(address, signal) };
  } catch (error) {
    signal.throwIfAborted();
    return { type: 'unreachable', address, isDistrusted: error instanceof LauncherDistrustedError };
  }
}

function newest(pods: readonly Pod[]): Pod | undefined {
  return [...pods].sort((a, b) => epochOf(b) - epochOf(a))[0];
}

function lastWrite({ knownSecrets }: Sources, pods: readonly Pod[]): Date | undefined {
  return knownSecrets.get(newest(pods)?.metadata.uid ?? '');
}

/** The launcher of the newest pod, once the pod has an address. */
export function launcherAddress(pods: readonly Pod[]): LauncherAddress | undefined {
  const pod = newest(pods);
  if (!pod?.status?.podIP || isLauncherGone(pod)) return undefined;
  return { host: pod.status.podIP, certificateName: certificateName(pod) };
}
