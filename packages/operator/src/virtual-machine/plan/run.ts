import { machineDigest } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { earliest } from '../../earliest.ts';
import type { Action, Plan } from './actions.ts';
import { planAttachments } from './attach.ts';
import { epochOf } from '../pod/epoch.ts';
import type { Observed } from '../observed.ts';
import { isMigrating, toldOfMigration } from './migration/told.ts';
import { isDiskMoving, isDropPending, isNetworkMoving, isRequestPending } from './moving.ts';
import { isColdMigration } from './migration/asked.ts';
import { planStop, followable } from './stop.ts';
import { growClaims } from './grow.ts';
import type { Power } from './power.ts';
import { secretMakeUp } from './secret-make-up.ts';
import { suspensionOf } from './suspended.ts';
import { planRenewal } from './renewal.ts';
import { untilSecondLook } from './second-look.ts';
import { reconfigurationBegun } from '../status/reconfiguration.ts';
import { isBeingRenewed } from '../status/shares-identity.ts';
import { tell } from '../status/status.ts';
import { ofMachine, withoutAnswer } from './told-of-guest.ts';
import { wantedMachine } from './wanted-machine.ts';
import { podResize } from '../size/pod-resize.ts';
import { isAtWorkAs } from '../../vm-operation/at-work.ts';

type Answering = Extract<Observed['machine'], { type: 'state' }>;
/** A pod stands and should: tells how far its guest is, and hands changes of spec to the launcher. */
export function planRun(observed: Observed, pod: Pod, power: Power, now: Date): Plan {
  if (isRestartAsked(observed, pod)) return planStop(observed, pod, power, now);
  const { machine } = observed;
  const answered =
    machine.type === 'state'
      ? ofMachine({ observed, pod, power }, machine.state)
      : withoutAnswer(observed, pod);
  const told = toldOfMigration(observed, answered);
  const attaching = planAttachments(observed, pod, power, now);
  const outcome = {
    ...(attaching.problem && { diskProblem: attaching.problem }),
    ...told,
    pod,
    power,
    ...(machine.type === 'state' && { machine: machine.state }),
  };
  const changed = machine.type === 'state' ? changes(observed, pod, power, machine) : [];
  const renewal = planRenewal(observed, pod, power, now);
  const resizing = podResize(observed, pod);
  const isSettled =
    told.progress === 'done' &&
    attaching.actions.length === 0 &&
    !attaching.problem &&
    changed.length === 0 &&
    !isMigrating(observed) &&
    !isRequestPending(observed, pod) &&
    !isDropPending(observed) &&
    suspensionOf(observed, pod) === undefined &&
    !isDiskMoving(observed, pod, power) &&
    !isNetworkMoving(observed, pod, power) &&
    resizing.type !== 'wanted' &&
    !isGuestResizing(machine) &&
    !(machine.type === 'state' && isBeingRenewed(machine.state));
  const secondLook = machine.type === 'state' ? untilSecondLook(machine.state, now) : undefined;
  const requeueAfter = earliest(renewal.requeueAfter, attaching.requeueAfter, secondLook);
  const planned = tell(observed, outcome, now);
  // A guest is given more only once its pod, or a disk's volume, has grown.
  const isChanging = changed.length > 0 || resizing.type === 'wanted' || growClaims(observed).length > 0;
  return {
    ...planned,
    ...(isChanging && { events: [...planned.events, ...reconfigurationBegun(observed.vm)] }),
    ...(requeueAfter !== undefined && { requeueAfter }),
    actions: [
      ...(resizing.type === 'wanted' ? [{ ...resizing, type: 'resizePod', pod } as const] : []),
      ...changed,
      ...secretMakeUp(observed, pod, wantedMachine(observed, pod, power)),
      ...attaching.actions,
      ...renewal.actions,
    ],
    ...(isSettled ? {} : followable(observed)),
  };
}

const isGuestResizing = (machine: Observed['machine']): boolean =>
  machine.type === 'state' && machine.state.resizing !== undefined;

function isRestartAsked({ operations }: Observed, pod: Pod): boolean {
  return operations.some(
    (operation) =>
      (isAtWorkAs(operation, 'restart') || isColdMigration(operation)) &&
      operation.status?.fromEpoch === epochOf(pod),
  );
}

/** The launcher gets the machine that spec asks for now; it does what it can live and names the rest. */
function changes(observed: Observed, pod: Pod, power: Power, { state, address }: Answering): Action[] {
  const machine = wantedMachine(observed, pod, power);
  if (!machine || state.epoch !== machine.epoch || state.specDigest === machineDigest(machine)) return [];
  return [{ type: 'putMachine', address, machine }];
}
