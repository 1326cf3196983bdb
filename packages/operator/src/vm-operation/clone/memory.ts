/** A clone that goes on where its source is, or where a snapshot's memory is. Pure. */
import {
  type CloneSpec,
  type CopyMemory,
  type EffectiveSpec,
  type SavedMemory,
  type VirtualMachine,
  type VMSnapshot,
} from '@hypersdk/api';
import { hostnameOf, uuidOf } from '../../virtual-machine/identity.ts';
import { macAddress } from '../../virtual-machine/networks/mac-address.ts';
import { shapeDifferences, wantedShape } from '../restore/shape-differences.ts';
import { isAcross } from './across.ts';
import type { Making } from './making.ts';
import type { ObservedClone } from './observed.ts';
import { sourcePath, targetPath } from './storage.ts';

/** Why the clone cannot have its source's memory, or undefined. */
export function memoryObstacle(observed: ObservedClone, cloneSpec: CloneSpec): string | undefined {
  if (!cloneSpec.includeMemory) return undefined;
  const { config, operation } = observed;
  if (!config.featureGates.has('InstantClone')) {
    return "cloneSpec.includeMemory takes the feature gate InstantClone, which is off: set the chart's featureGates.InstantClone to true";
  }
  if (isAcross(operation)) return 'cloneSpec.targetNamespace: memory is not cloned into another namespace';
  return (
    customizationObstacle(cloneSpec) ??
    machineObstacle(observed, cloneSpec) ??
    sourceObstacle(observed, cloneSpec)
  );
}

/** What the guest takes up at a boot alone. */
function customizationObstacle({ customization }: CloneSpec): string | undefined {
  const fields = (['userData', 'networks'] as const).filter((field) => customization?.[field] !== undefined);
  const [field] = fields;
  return (
    field && `cloneSpec.customization.${field} is for a clone that boots; with includeMemory it does not`
  );
}

function machineObstacle({ spec }: ObservedClone, { identity }: CloneSpec): string | undefined {
  if (spec?.firmware?.tpm) {
    return 'the VM has a TPM, whose secrets would be in two machines: clone it without includeMemory';
  }
  if (spec?.machineType !== 'microvm' || identity === 'keep') return undefined;
  return "a microvm's interfaces cannot be exchanged for those with MAC addresses of the clone: clone it without includeMemory";
}

/** The clone's machine is as spec says, and has to be as the guest knows it. */
function sourceObstacle(
  { vm, spec, snapshot }: ObservedClone,
  { snapshotRef }: CloneSpec,
): string | undefined {
  if (snapshotRef) return snapshot && spec && snapshotObstacle(snapshot, spec);
  const { phase = 'Pending', restartAwaitingChanges: [awaiting] = [] } = vm?.status ?? {};
  if (phase !== 'Running' && phase !== 'Paused') {
    return `the VM is ${phase}, and only a guest that runs has memory: start it first, or clone it without includeMemory`;
  }
  return (
    awaiting && `${awaiting.field} of the VM awaits a restart of its guest: restart it, or set that back`
  );
}

function snapshotObstacle({ metadata, status }: VMSnapshot, spec: EffectiveSpec): string | undefined {
  const name = `VMSnapshot ${metadata.name}`;
  if (!status?.memory) return `${name} holds no memory: take one with includeMemory`;
  const changes = shapeDifferences(status.memory, wantedShape(spec));
  return changes.length > 0 ? `${name} holds memory of another machine: ${changes.join('; ')}` : undefined;
}

/** Why the memory that was asked for is not there, once it should be; the copier knows for itself where to look. */
export function memoryFailure({ vm, observed, cloneSpec }: Making): string | undefined {
  const { operation, copier } = observed;
  if (!cloneSpec.includeMemory || cloneSpec.snapshotRef || copier) return undefined;
  const { lastFreeze } = vm.status ?? {};
  if (lastFreeze?.operation === operation.metadata.uid) return lastFreeze?.memoryProblem?.message;
  return 'The guest ended, or was frozen for something else, before its memory was copied: try again';
}

/** What the copier is to bring into the volume of the clone; undefined where it is not to have its source's memory. */
export function copyMemory(making: Making, target: VirtualMachine): CopyMemory | undefined {
  const { cloneSpec, disks, observed } = making;
  const saved = cloneSpec.includeMemory ? savedMemory(making) : undefined;
  const disk = disks.find(({ source }) => source.name === saved?.disk);
  if (!saved || !disk) return undefined;
  const networks = target.spec.networks ?? [];
  return {
    from: { directory: sourcePath(disk.source.claimName), file: saved.file },
    to: { disk: saved.disk, directory: targetPath(saved.disk) },
    isMoved: observed.snapshot === undefined,
    uuid: uuidOf(target) ?? '',
    macs: Object.fromEntries(networks.map((network) => [network.name, macAddress(target, network)])),
    ...(cloneSpec.identity === 'new' && { hostname: hostnameOf(target) }),
  };
}

function savedMemory({ vm, observed: { snapshot } }: Making): SavedMemory | undefined {
  return snapshot ? snapshot.status?.memory : vm.status?.lastFreeze?.memory;
}
