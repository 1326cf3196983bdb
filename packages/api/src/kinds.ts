import type { Kind } from './kind.ts';
import { virtualMachineKind } from './virtual-machine.ts';
import { vmCloneKind } from './vm-clone.ts';
import { vmImageKind } from './vm-image.ts';
import { vmOperationKind } from './vm-operation.ts';
import { vmSnapshotKind } from './vm-snapshot.ts';
import { vmSnapshotScheduleKind } from './vm-snapshot-schedule.ts';
import { vmTemplateKind } from './vm-template.ts';

/** Every kind of the API. */
export const kinds: readonly Kind[] = [
  virtualMachineKind,
  vmOperationKind,
  vmTemplateKind,
  vmImageKind,
  vmSnapshotKind,
  vmSnapshotScheduleKind,
  vmCloneKind,
];
