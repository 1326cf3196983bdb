import { findCondition } from '@hypersdk/api';
import type { OperationKind } from './kinds.ts';

/** The VM is gone when this is done, so `planOperation` asks for the deletion and sees to its end. */
export const deleteOperation: OperationKind = {
  doing: 'Deleting the VM',
  done: 'The VM is deleted',
  obstacle: ({ metadata, spec, status }) => {
    if (spec.deletionProtection)
      return `VirtualMachine ${metadata.name} has deletionProtection: set it to false first`;
    const inUse = findCondition(status?.conditions, 'InUse');
    return inUse?.status === 'True' ? `${inUse.message}: delete those first` : undefined;
  },
  isDone: () => false,
  supersededBy: [],
};
