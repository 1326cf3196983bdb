/** `spec.snapshot.revertToRef`: each value of it is one operation restore. */
import { API_VERSION, type VirtualMachine, type VMOperationManifest } from '@hypersdk/api';
import { ownerReference } from '@hypersdk/kube';
import type { Observed } from '../observed.ts';
import type { Action, Plan } from './actions.ts';

/**
 * What comes before anything else of the VM. That a restore is to be made, and its name, are on record before it is made, and
 * it is made before that is taken off the record: whoever dies between, there is one.
 */
export function planRevert({ vm }: Pick<Observed, 'vm'>): Plan | undefined {
  const snapshot = vm.spec.snapshot?.revertToRef?.name;
  const { reverting } = vm.status ?? {};
  if (snapshot === undefined) return undefined;
  if (reverting?.snapshot !== snapshot) {
    // By the generation of the spec that asks for it: the same value may be asked for again.
    const operation = `${vm.metadata.name}-revert-${vm.metadata.generation ?? 0}`;
    return recorded(vm, { snapshot, operation, due: true }, []);
  }
  const { operation, due } = reverting;
  if (!due) return undefined;
  const made = { type: 'createOperation', operation: restoreOf(vm, reverting) } as const;
  return recorded(vm, { snapshot, operation }, [made]);
}

/** The value that was acted on stays on record for as long as it stands in spec, so that it acts once. */
export function withRevert({ vm, revertOperation }: Observed, planned: Plan): Plan {
  const wanted = vm.spec.snapshot?.revertToRef?.name;
  if (wanted === undefined)
    return vm.status?.reverting ? withStatus(planned, { reverting: undefined }) : planned;
  const isDone = revertOperation?.status?.phase === 'Succeeded';
  return isDone ? withStatus(planned, { revertedTo: wanted }) : planned;
}

type Reverting = NonNullable<NonNullable<VirtualMachine['status']>['reverting']>;

const recorded = ({ status }: VirtualMachine, reverting: Reverting, actions: readonly Action[]): Plan => ({
  ...{ status: { ...status, reverting }, actions, events: [] },
});

function withStatus(planned: Plan, changes: Partial<Plan['status']>): Plan {
  return { ...planned, status: { ...planned.status, ...changes } };
}

function restoreOf(vm: VirtualMachine, { operation, snapshot }: Reverting): VMOperationManifest {
  const { name, namespace = '' } = vm.metadata;
  return {
    apiVersion: API_VERSION,
    kind: 'VMOperation',
    metadata: {
      name: operation,
      namespace,
      ownerReferences: [ownerReference(vm, { controller: true })],
    },
    spec: {
      vmRef: { name },
      operation: 'restore',
      timeout: '10m',
      ...{ force: false, dryRun: false, preSnapshot: false, rollbackOnFailure: false, cancel: false },
      restoreSpec: { snapshotRef: { name: snapshot } },
    },
  };
}
