/** The migrations that a drain has made: each is a VMOperation of the VM, named so that it is made once. Pure. */
import { createHash } from 'node:crypto';
import { Annotations, API_VERSION, VMOperation, type VirtualMachine } from '@hypersdk/api';
import { isOwnedBy, ownerReference, type KubeObject } from '@hypersdk/kube';

/** A VMOperation's name may be as long as a label's value. */
const NAME_MAX = 63;
/** Seconds: longer than the longest wait for another attempt, which the last one has to be there for. */
const TTL = 3600;

export interface DrainOrder {
  readonly vm: VirtualMachine;
  readonly node: string;
  /** Counted from 1, of those of one epoch. */
  readonly attempt: number;
  readonly timeout: string;
}

export function drainOperation({ vm, node, attempt, timeout }: DrainOrder): VMOperation {
  return VMOperation.parse({
    apiVersion: API_VERSION,
    kind: 'VMOperation',
    metadata: {
      name: `${namePrefix(vm)}${attempt}`,
      namespace: vm.metadata.namespace ?? '',
      annotations: { [Annotations.drains]: node },
      ownerReferences: [ownerReference(vm, { controller: true })],
    },
    spec: {
      ...{ vmRef: { name: vm.metadata.name }, operation: 'migrate', timeout },
      migrateSpec: { live: true, autoConverge: true },
      ttlSecondsAfterFinished: TTL,
    },
  });
}

/** The node that an operation was made to empty. */
export function drainedNode({ metadata }: KubeObject): string | undefined {
  return metadata.annotations?.[Annotations.drains];
}

/** Of the VM's pod as it is: a guest that has come to a node anew begins anew. */
export function isOfStay(operation: VMOperation, vm: VirtualMachine): boolean {
  const isOurs = isOwnedBy(operation, vm.metadata.uid ?? '') && drainedNode(operation) !== undefined;
  return isOurs && operation.metadata.name.startsWith(namePrefix(vm));
}

export function attemptOf({ metadata }: VMOperation): number {
  return Number(metadata.name.split('-').at(-1));
}

function namePrefix({ metadata: { name }, status }: VirtualMachine): string {
  const suffix = `-drain-${status?.epoch ?? 0}-`;
  const isShort = name.length + suffix.length + 3 <= NAME_MAX;
  return `${isShort ? name : `vm-${digest(name)}`}${suffix}`;
}

const digest = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 16);
