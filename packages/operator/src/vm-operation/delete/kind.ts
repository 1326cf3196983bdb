import { findCondition, type VirtualMachine } from '@hypersdk/api';
import { checked, type OperationKind } from '../kind.ts';

/** The VM is gone when this is done. */
export const deleteKind: OperationKind = {
  doing: 'Deleting the VM',
  observe: (_context, observed) => observed,
  preflight: (observed) => checked(observed.vm, { deletionProtection, users: inUse }),
  supersededBy: [],
  deletesVm: true,
  next: ({ observed: { vm } }) => {
    const step = 'delete';
    if (vm.metadata.deletionTimestamp) return { type: 'waiting', step };
    // It may have come since the operation began.
    const obstacle = deletionProtection(vm) ?? inUse(vm);
    if (obstacle !== undefined) return { type: 'failed', message: obstacle };
    return { type: 'waiting', step, actions: [{ type: 'deleteVm', vm }] };
  },
};

function deletionProtection({ metadata, spec }: VirtualMachine): string | undefined {
  if (!spec.deletionProtection || metadata.deletionTimestamp) return undefined;
  return `VirtualMachine ${metadata.name} has deletionProtection: set it to false first`;
}

function inUse({ metadata, status }: VirtualMachine): string | undefined {
  const found = findCondition(status?.conditions, 'InUse');
  const isInUse = found?.status === 'True' && !metadata.deletionTimestamp;
  return isInUse ? `${found.message}: delete those first` : undefined;
}
