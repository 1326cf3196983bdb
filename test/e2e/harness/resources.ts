import {
  type VirtualMachine,
  virtualMachineKind,
  type VMOperation,
  vmOperationKind,
  type VMSnapshot,
  vmSnapshotKind,
} from '@hypersdk/api';
import { defineResource } from '@hypersdk/kube';

export const VirtualMachines = defineResource<VirtualMachine>(virtualMachineKind);
export const VMOperations = defineResource<VMOperation>(vmOperationKind);
export const VMSnapshots = defineResource<VMSnapshot>(vmSnapshotKind);
