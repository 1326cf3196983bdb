/** What a plan found of a VM, from which its status is told. */
import type { MachineState, VirtualMachinePhase, VirtualMachineStatus } from '@hypersdk/api';
import type { Power } from '../plan/power.ts';
import type { Pod } from '@hypersdk/kube';

export interface Outcome {
  readonly phase: VirtualMachinePhase;
  /** CamelCase, for the Ready condition. */
  readonly reason: string;
  /** For people: what is going on, and what they can do where it does not go on. */
  readonly message: string;
  /** Done: what spec asks for is. Progressing: on the way. Stalled: somebody must act. */
  readonly progress: 'done' | 'progressing' | 'stalled';
  /** Something that is told as an event under this reason, whatever the phase. */
  readonly event?: 'Normal' | 'Warning';
  readonly epoch?: number;
  readonly pod?: Pod | undefined;
  readonly machine?: MachineState | undefined;
  /** A disk's trouble, when that is the cause. */
  readonly diskProblem?: { readonly reason: string; readonly message: string };
  /** A network's trouble, when that is the cause. */
  readonly networkProblem?: { readonly reason: string; readonly message: string };
  /** The guest ended by itself. */
  readonly lastEnd?: NonNullable<VirtualMachineStatus['lastEnd']>;
  readonly restartCount?: number;
  /** Grams of CO2 a kilowatt-hour, as just asked for a start. */
  readonly carbonIntensity?: number | undefined;
  /** Uid of the operation that may read the disks now. */
  readonly disksHeldFor?: string;
  readonly power: Power;
}
