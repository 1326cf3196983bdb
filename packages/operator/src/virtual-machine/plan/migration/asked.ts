/** The migrations that operations ask for. */
import type { VirtualMachine, VMOperation } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { isAtWorkAs } from '../../../vm-operation/at-work.ts';
import type { Observed } from '../../observed.ts';
import type { Placement } from '../../pod/placement.ts';

const isLive = ({ spec }: VMOperation): boolean => spec.migrateSpec?.live ?? true;

/** The guest is shut down and started elsewhere. */
export const isColdMigration = (operation: VMOperation): boolean =>
  isAtWorkAs(operation, 'migrate') && !isLive(operation);

/** The one at work that is to keep the guest running. */
export function liveMigration({ operations }: Pick<Observed, 'operations'>): VMOperation | undefined {
  return operations.find((operation) => isAtWorkAs(operation, 'migrate') && isLive(operation));
}

function placementOf({ spec }: VMOperation, source: string | undefined): Placement {
  const node = spec.migrateSpec?.targetNode;
  if (node !== undefined) return { type: 'on', node };
  return { type: 'off', nodes: source === undefined ? [] : [source] };
}

export function livePlacement(operation: VMOperation, pod: Pod): Placement {
  return placementOf(operation, pod.spec?.nodeName);
}

/** Of the next start, while an operation asks for one elsewhere. */
export function coldPlacement({ operations }: Pick<Observed, 'operations'>): Placement | undefined {
  const operation = operations.find(isColdMigration);
  return operation && placementOf(operation, operation.status?.migration?.sourceNode);
}

type Migration = NonNullable<NonNullable<VirtualMachine['status']>['migration']>;

export const isOver = ({ phase }: Migration): boolean => phase === 'Succeeded' || phase === 'Failed';

/** The migration that an operation asks for, as far as it has come. */
export function currentMigration(observed: Pick<Observed, 'vm' | 'operations'>): Migration | undefined {
  const { migration } = observed.vm.status ?? {};
  const uid = liveMigration(observed)?.metadata.uid;
  return migration && migration.operation === uid && !isOver(migration) ? migration : undefined;
}
