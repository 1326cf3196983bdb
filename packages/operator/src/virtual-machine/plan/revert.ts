/** `spec.snapshot.revertToRef`: each value of it is one operation restore. */
import { API_VERSION, type VirtualMachine, type VMOperation } from '@hypersdk/api';
import { ownerReference } from '@hypersdk/kube';
import type { Observed } from '../observed.ts';
import type { Plan } from './actions.ts';

/** The value that was acted on stays on record for as long as it stands in spec, so that it acts once. */
export function withRevert({ vm, revertOperation }: Observed, planned: Plan): Plan {
  const wanted = vm.spec.snapshot?.revertToRef?.name;
  const { reverting } = vm.status ?? {};
  if (wanted === undefined) return reverting ? withStatus(planned, { reverting: undefined }) : planned;
  if (reverting?.snapshot === wanted) {
    const isDone = revertOperation?.status?.phase === 'Succeeded';
    return isDone ? withStatus(planned, { revertedTo: wanted }) : planned;
  }
  const operation = revertTo(vm, wanted);
  return {
    ...withStatus(planned, { reverting: { snapshot: wanted, operation: operation.metadata.name } }),
    actions: [...planned.actions, { type: 'createOperation', operation }],
  };
}

function withStatus(planned: Plan, changes: Partial<Plan['status']>): Plan {
  return { ...planned, status: { ...planned.status, ...changes } };
}

/** Named by the generation of the spec that asks for it, so that an operator that dies over it asks once. */
function revertTo(vm: VirtualMachine, snapshot: string): VMOperation {
  const { name, namespace = '', generation = 0 } = vm.metadata;
  return {
    apiVersion: API_VERSION,
    kind: 'VMOperation',
    metadata: {
      name: `${name}-revert-${generation}`,
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
