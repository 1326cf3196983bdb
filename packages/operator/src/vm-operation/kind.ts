/** What a kind of operation is made of. The engine sees to all that is common: turns, time, cancellation, undoing, ends. */
import type {
  ChangedFields,
  Operation,
  OperationCheck,
  VirtualMachine,
  VirtualMachineSpec,
  VMOperation,
  VMOperationStatus,
} from '@hypersdk/api';
import type { Outcome } from '../metrics/outcomes.ts';
import type { WorkAction } from './actions.ts';
import type { ObservedOperation } from './observed.ts';
import type { Context } from '../context.ts';

export interface OperationKind<O extends ObservedOperation = ObservedOperation> {
  /** Told once it is begun. */
  readonly doing: string;
  readonly observe: (context: Context, observed: ObservedOperation, signal: AbortSignal) => O | Promise<O>;
  /** Whether it can be done to the VM as it is, with what to do about it. Asked before it begins, and on a dry run. */
  readonly preflight: (observed: O & Found) => readonly OperationCheck[];
  /** Later operations that make it pointless, under way or not. */
  readonly supersededBy: readonly Operation[];
  /** It works on disks or memory: snapshots that were asked for before it are taken first. */
  readonly followsSnapshots?: true;
  /** The VM is to be gone when it is done. */
  readonly deletesVm?: true;
  /** It leaves the VM's disks as they were when it fails, so that there is nothing to roll back. */
  readonly sparesDisks?: true;
  /**
   * Fields of spec that it writes before anything else, and that are taken back when it comes to nothing. Undefined where
   * spec says already what is asked, or leaves it to operations.
   */
  readonly change?: (spec: VirtualMachineSpec, operation: VMOperation) => ChangedFields | undefined;
  /** What is to be done now; asked again whenever anything changes, until it is done or has failed. */
  readonly next: (work: Work<O>) => Next;
  /** What is left of it and has to go before it ends without success; undefined once nothing is. */
  readonly undo?: (observed: O, now: Date) => Undoing | undefined;
  /** What nobody needs any more after its end. */
  readonly litter?: (observed: O) => readonly WorkAction[];
  /** What is told and counted at its end, beside what is of every operation. */
  readonly onEnd?: (observed: O, status: VMOperationStatus) => EndNews;
}

/** Its VM is there. */
export interface Found {
  readonly vm: VirtualMachine;
}

export interface Work<O extends ObservedOperation> {
  readonly observed: O & Found;
  /** As it will be written, but for what comes of this look. */
  readonly status: VMOperationStatus;
  readonly now: Date;
}

export type Next =
  | Waiting
  | {
      readonly type: 'done';
      readonly message: string;
      readonly result?: string;
      readonly told?: Waiting['told'];
    }
  /** For good; what can be tried again is waited for. */
  | { readonly type: 'failed'; readonly message: string };

export interface Waiting extends Undoing {
  readonly type: 'waiting';
  /** One of `status.steps`, which it begins where it has not been begun. */
  readonly step: string;
  /** Percent of the whole. Default: as it was. */
  readonly progress?: number;
  /** Other fields of status. */
  readonly told?: Pick<VMOperationStatus, 'quiesced' | 'migration' | 'snapshot'> | undefined;
  /** Past recall: it is seen to its end, whatever time it takes and whoever cancels it. */
  readonly isFinal?: boolean;
}

export interface Undoing {
  /** Default: as it was. */
  readonly message?: string;
  readonly actions?: readonly WorkAction[];
  /** Milliseconds until something that no event announces. */
  readonly requeueAfter?: number;
}

export interface EndNews {
  /** Reason and message of an event of the VM; of success alone. */
  readonly event?: { readonly reason: string; readonly message: string };
  readonly count?: (metrics: Context['metrics'], outcome: Outcome) => void;
}

/** Evaluates each check of a table from its name to why it does not allow the operation. */
export function checked<O>(
  observed: O,
  table: Readonly<Record<string, (observed: O) => string | undefined>>,
): OperationCheck[] {
  return Object.entries(table).map(([check, obstacle]) => {
    const reason = obstacle(observed);
    return reason === undefined ? { check, ok: true } : { check, ok: false, reason };
  });
}
