/** Operation clone. Pure, but for what `observeClone` reads. */
import type { CloneSpec, OperationCheck, VMOperation } from '@hypersdk/api';
import { dropWorkers } from '../drop-workers.ts';
import type { OperationKind } from '../kind.ts';
import { clonedFirmware } from './firmware.ts';
import { makeClone } from './make.ts';
import { observeClone } from './observe.ts';
import { cloneChecks, disksOf } from './checks.ts';
import type { ObservedClone } from './observed.ts';
import { undoClone } from './undo.ts';
import { wayOfCopy } from './volume-clone.ts';

export const cloneKind: OperationKind<ObservedClone> = {
  doing: 'Cloning the VM',
  observe: observeClone,
  preflight: (observed) => {
    const cloneSpec = cloneSpecOf(observed.operation);
    return [...cloneChecks(observed, cloneSpec), ...modes(observed, cloneSpec)];
  },
  supersededBy: [],
  followsSnapshots: true,
  sparesDisks: true,
  next: ({ observed, status, now }) => {
    const cloneSpec = cloneSpecOf(observed.operation);
    return makeClone({
      observed,
      cloneSpec,
      disks: disksOf(observed, cloneSpec),
      firmware: clonedFirmware(observed, cloneSpec),
      vm: observed.vm,
      status,
      now,
    });
  },
  undo: undoClone,
  // A finished copier is evidence of a failure.
  litter: ({ operation, copier, server }) =>
    operation.status?.phase === 'Succeeded' ? dropWorkers(copier, server) : [],
  onEnd: ({ operation }, { message = '' }) => {
    const { linkedClone, mode } = cloneSpecOf(operation);
    return {
      event: { reason: 'CloneCompleted', message },
      count: (metrics, outcome) => {
        metrics.cloned(linkedClone || mode === 'linked', outcome);
      },
    };
  },
};

function cloneSpecOf({ spec, metadata }: VMOperation): CloneSpec {
  if (!spec.cloneSpec) throw new Error(`operation ${metadata.name} has no cloneSpec`);
  return spec.cloneSpec;
}

/** Which mode each disk is cloned in, and why, is said before anything is done. */
function modes(observed: ObservedClone, cloneSpec: CloneSpec): OperationCheck[] {
  return disksOf(observed, cloneSpec).map((disk) => ({
    check: `mode of disk ${disk.source.name}`,
    ok: true,
    reason: `${disk.mode}: ${disk.reason}${wayOfCopy(disk, observed)}`,
  }));
}
