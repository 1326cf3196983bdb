import type { VirtualMachine, VirtualMachineSpec, VMOperation } from '@hypersdk/api';

export type SpecPatch = Pick<VirtualMachineSpec, 'running' | 'runStrategy'>;

/** One kind of operation that is implemented: what it asks for, and when it is done. */
export interface OperationKind {
  readonly doing: string;
  readonly done: string;
  /** Why it cannot be done to the VM as it is, with what to do about it. */
  readonly obstacle?: (vm: VirtualMachine) => string | undefined;
  /** Undefined where spec leaves power to operations, or says already what is asked. */
  readonly patch?: (spec: VirtualMachineSpec) => SpecPatch | undefined;
  readonly isDone: (vm: VirtualMachine, operation: VMOperation) => boolean;
  /** Later operations that make it pointless, under way or not. */
  readonly supersededBy: readonly VMOperation['spec']['operation'][];
}
