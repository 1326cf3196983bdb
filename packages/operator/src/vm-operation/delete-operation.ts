import type { OperationKind } from './kinds.ts';

/** The VM is gone when this is done, so `planOperation` asks for the deletion and sees to its end. */
export const deleteOperation: OperationKind = {
  doing: 'Deleting the VM',
  done: 'The VM is deleted',
  obstacle: ({ metadata, spec }) =>
    spec.deletionProtection
      ? `VirtualMachine ${metadata.name} has deletionProtection: set it to false first`
      : undefined,
  isDone: () => false,
  supersededBy: [],
};
