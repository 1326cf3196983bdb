import type { MachinePhase, MachineProblem } from '@hypersdk/api/machine';
import type { Action } from './action.ts';

/** What to do next. */
export interface Plan {
  readonly phase: MachinePhase;
  readonly actions: readonly Action[];
  readonly problem?: MachineProblem | undefined;
  /** Look again at this time even if nothing happens. */
  readonly wakeAt?: Date | undefined;
}
