/** Our kinds, as the Kubernetes client names them. */
import {
  virtualMachineKind,
  vmCloneKind,
  vmImageKind,
  vmOperationKind,
  vmSnapshotKind,
  vmSnapshotScheduleKind,
  vmTemplateKind,
  type VirtualMachine,
  type VMClone,
  type VMImage,
  type VMOperation,
  type VMSnapshot,
  type VMSnapshotSchedule,
  type VMTemplate,
} from '@hypersdk/api';
import { defineResource } from '@hypersdk/kube';

export const VirtualMachines = defineResource<VirtualMachine>(virtualMachineKind);
export const VMOperations = defineResource<VMOperation>(vmOperationKind);
export const VMImages = defineResource<VMImage>(vmImageKind);
export const VMTemplates = defineResource<VMTemplate>(vmTemplateKind);
export const VMSnapshots = defineResource<VMSnapshot>(vmSnapshotKind);
export const VMSnapshotSchedules = defineResource<VMSnapshotSchedule>(vmSnapshotScheduleKind);
export const VMClones = defineResource<VMClone>(vmCloneKind);
