import type { VirtualMachine, VMOperation } from '@hypersdk/api';

export interface ObservedOperation {
  readonly operation: VMOperation;
  readonly vm: VirtualMachine | undefined;
  /** Other operations on this VM that have not ended, oldest first. */
  readonly others: readonly VMOperation[];
}
