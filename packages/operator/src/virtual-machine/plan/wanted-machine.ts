import { layerId, type MachineRequest, type MachineSpec, type VMOperation, wantsMemory } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { DiskProblem } from '../disks/disk-problem.ts';
import { resolveDisks } from '../disks/disks.ts';
import { grantedDisks } from '../disks/growth.ts';
import { machineAttachments } from '../attachments/attachments.ts';
import { resolveNetworks } from '../networks/networks.ts';
import type { Observed } from '../observed.ts';
import { certificateNameAt, epochOf } from '../pod/epoch.ts';
import { machineSpec } from '../pod/machine-spec.ts';
import { grantedSize } from '../size/granted-size.ts';
import { isTooSmallToStart } from '../size/pod-resize.ts';
import { fieldsOf } from '../size/size.ts';
import { droppedSnapshots, isBeingMade } from '../../vm-snapshot/of-vm.ts';
import { currentMigration } from './migration/asked.ts';
import { migrationOrder } from './migration/outgoing.ts';
import type { Power } from './power.ts';
import { isMemoryDiscarded, suspensionOf } from './suspended.ts';
import { formerLayers, isAtWork, isAtWorkAs } from '../../vm-operation/at-work.ts';
import type { ResolvedDisk } from '../disks/resolved-disk.ts';

/** Undefined while spec asks for something that cannot be; a running guest is left as it is then. */
export function wantedMachine(observed: Observed, pod: Pod, { desired }: Power): MachineSpec | undefined {
  const { vm, spec, template, config } = observed;
  if (vm.spec.image?.templateRef && !template) return undefined;
  if (isTooSmallToStart(observed, pod)) return undefined;
  try {
    const disks = grantedDisks(observed, resolveDisks(observed));
    return machineSpec({
      ...{ vm, spec: { ...spec, ...fieldsOf(grantedSize(observed, pod)) } },
      disks,
      flattened: flattenedDisks(observed, disks),
      networks: resolveNetworks(observed, pod),
      attachments: machineAttachments(observed.attachments, pod),
      epoch: epochOf(pod),
      power: desired === 'Paused' ? 'paused' : 'on',
      request: machineRequest(observed, pod),
      dropLayers: isLending(observed) ? doneAlready(observed) : droppedLayers(observed),
      hasLinkedClones: observed.linkedClones.length > 0,
      lendsTo: lendsTo(observed),
      suspend: suspensionOf(observed, pod),
      discardMemory: isMemoryDiscarded(observed),
      acceleration: config.acceleration,
      ...migrationOrder(observed),
    });
  } catch (error) {
    if (error instanceof DiskProblem) return undefined;
    throw error;
  }
}

export function droppedLayers({ snapshots, operations }: Observed): string[] {
  const dropped = droppedSnapshots(snapshots).map(({ metadata }) => layerId(metadata.uid ?? ''));
  return [...dropped, ...formerLayers(operations)];
}

/** The layers are being copied: none comes, none goes. */
const isLending = (observed: Observed): boolean => currentMigration(observed) !== undefined;

function doneAlready({ machine }: Observed): string[] {
  return [...((machine.type === 'state' && machine.state.droppedLayers) || [])];
}

function lendsTo(observed: Observed): string | undefined {
  const { epoch, disks = [] } = currentMigration(observed) ?? {};
  const isLent = epoch !== undefined && disks.some(({ layers }) => layers);
  return isLent ? certificateNameAt(observed.vm, epoch) : undefined;
}

function flattenedDisks({ operations }: Observed, disks: readonly ResolvedDisk[]): string[] {
  const active = operations.filter((operation) => isAtWorkAs(operation, 'flatten'));
  return active.flatMap(({ spec }) => spec.flattenSpec?.disks ?? disks.map(({ name }) => name));
}

/** What an operation asks of the guest that stood when it began; the next one is not to suffer it. */
export function machineRequest(observed: Observed, pod: Pod): MachineRequest | undefined {
  return operationRequest(observed, pod) ?? (isLending(observed) ? undefined : freezeRequest(observed, pod));
}

function freezeRequest({ snapshots }: Observed, pod: Pod): MachineRequest | undefined {
  const asked = snapshots.find(
    (snapshot) => isBeingMade(snapshot) && snapshot.status?.fromEpoch === epochOf(pod),
  );
  if (!asked) return undefined;
  const { quiesce } = asked.spec;
  return {
    id: asked.metadata.uid ?? '',
    type: 'freeze',
    quiesce,
    ...(wantsMemory(asked.spec) && { memory: true }),
  };
}

function operationRequest({ operations }: Observed, pod: Pod): MachineRequest | undefined {
  return operations.flatMap(({ spec: { operation, cloneSpec }, status, metadata }) => {
    const isAsked = isAtWork({ status }) && status?.fromEpoch === epochOf(pod);
    // What a snapshot holds is frozen already.
    const type = cloneSpec?.snapshotRef ? undefined : REQUESTS[operation];
    const memory = cloneSpec?.includeMemory && { memory: true, isForClone: true };
    return isAsked && type ? [{ id: metadata.uid ?? '', type, ...memory }] : [];
  })[0];
}

const REQUESTS: Partial<Record<VMOperation['spec']['operation'], MachineRequest['type']>> = {
  reset: 'reset',
  resume: 'resume',
  clone: 'freeze',
};
