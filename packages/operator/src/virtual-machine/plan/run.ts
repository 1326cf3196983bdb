import {
  layerId,
  machineDigest,
  type MachineDisk,
  type MachineDiskState,
  type MachineState,
} from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { earliest } from '../../earliest.ts';
import type { Action, Plan } from './actions.ts';
import { planAttachments } from './attach.ts';
import { containerStatuses } from '../pod/container.ts';
import { isQemuRunning } from '../pod/end-of-pod.ts';
import { epochOf } from '../pod/epoch.ts';
import type { Observed } from '../observed.ts';
import type { Outcome } from '../status/outcome.ts';
import { planStop, followable } from './stop.ts';
import type { Power } from './power.ts';
import { planRenewal } from './renewal.ts';
import { untilSecondLook } from './second-look.ts';
import { tell } from '../status/status.ts';
import { containerTrouble, waitingReason } from './waiting.ts';
import { droppedSnapshots } from '../../vm-snapshot/of-vm.ts';
import { machineRequest, wantedMachine } from './wanted-machine.ts';

type Answering = Extract<Observed['machine'], { type: 'state' }>;
type Told = Pick<Outcome, 'phase' | 'reason' | 'message' | 'progress' | 'diskProblem' | 'networkProblem'>;

/** A pod stands and should: tells how far its guest is, and hands changes of spec to the launcher. */
export function planRun(observed: Observed, pod: Pod, power: Power, now: Date): Plan {
  if (isRestartAsked(observed, pod)) return planStop(observed, pod, power, now);
  const { machine } = observed;
  const told =
    machine.type === 'state'
      ? ofMachine({ observed, pod, power }, machine.state)
      : withoutAnswer(observed, pod);
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
  const isSettled =
    told.progress === 'done' &&
    attaching.actions.length === 0 &&
    !attaching.problem &&
    changed.length === 0 &&
    !isRequestPending(observed, pod) &&
    !isDropPending(observed) &&
    !isDiskMoving(observed, pod, power) &&
    !isNetworkMoving(observed, pod, power);
  const secondLook = machine.type === 'state' ? untilSecondLook(machine.state, now) : undefined;
  const requeueAfter = earliest(renewal.requeueAfter, attaching.requeueAfter, secondLook);
  return {
    ...tell(observed, outcome, now),
    ...(requeueAfter !== undefined && { requeueAfter }),
    actions: [...changed, ...secretMakeUp(observed, pod, power), ...attaching.actions, ...renewal.actions],
    ...(isSettled ? {} : followable(observed)),
  };
}

/** A disk is on its way: it grows, or comes, or goes, or is flattened. */
function isDiskMoving(observed: Observed, pod: Pod, power: Power): boolean {
  const { machine } = observed;
  const wanted = wantedMachine(observed, pod, power)?.disks.filter(({ empty }) => !empty);
  if (machine.type !== 'state' || !wanted) return false;
  const { disks, restartAwaiting } = machine.state;
  const waits = (name: string): boolean => restartAwaiting.some(({ field }) => field === `disks[${name}]`);
  const names = new Set([...disks, ...wanted].map(({ name }) => name));
  return [...names]
    .filter((name) => !waits(name))
    .some((name) => {
      const now = disks.find((disk) => disk.name === name);
      const then = wanted.find((disk) => disk.name === name);
      return !now || !then || isChanging(now, then) || isFlattening(now, then);
    });
}

function isChanging(
  { virtualSize, chain }: MachineDiskState,
  { device, size, volume }: MachineDisk,
): boolean {
  if (device === 'disk') return virtualSize < size;
  const [file] = chain;
  return file !== undefined && volume.type === 'filesystem' && !file.startsWith(`${volume.directory}/`);
}

function isFlattening({ chain }: MachineDiskState, { flatten, volume }: MachineDisk): boolean {
  if (!flatten || volume.type !== 'filesystem') return false;
  return chain.slice(1).some((file) => !file.startsWith(`${volume.directory}/`));
}

/** An interface comes or goes. A launcher that does not tell of networks cannot plug them either. */
function isNetworkMoving(observed: Observed, pod: Pod, power: Power): boolean {
  const { machine } = observed;
  const wanted = wantedMachine(observed, pod, power)?.networks.map(({ name }) => name);
  if (machine.type !== 'state' || !machine.state.networks || !wanted) return false;
  const { networks, restartAwaiting } = machine.state;
  const moving = [
    ...wanted.filter((name) => !networks.includes(name)),
    ...networks.filter((name) => !wanted.includes(name)),
  ];
  return moving.some((name) => !restartAwaiting.some(({ field }) => field === `networks[${name}]`));
}

function isDropPending({ machine, snapshots }: Observed): boolean {
  const dropped = (machine.type === 'state' && machine.state.droppedLayers) || [];
  return droppedSnapshots(snapshots).some(({ metadata }) => !dropped.includes(layerId(metadata.uid ?? '')));
}

/** The launcher has taken the request in, and has still to carry it out. */
function isRequestPending(observed: Observed, pod: Pod): boolean {
  const { machine } = observed;
  const request = machineRequest(observed, pod);
  return request !== undefined && machine.type === 'state' && machine.state.lastRequest !== request.id;
}

function isRestartAsked({ operations }: Observed, pod: Pod): boolean {
  return operations.some(
    ({ spec, status }) =>
      spec.operation === 'restart' && status?.phase === 'Running' && status.fromEpoch === epochOf(pod),
  );
}

interface Asked {
  readonly observed: Observed;
  readonly pod: Pod;
  readonly power: Power;
}

function ofMachine(asked: Asked, state: MachineState): Told {
  switch (state.phase) {
    case 'Preparing':
      return (
        containerTrouble(asked.pod) ?? progressing('Creating', 'PreparingDisks', preparingMessage(state))
      );
    case 'Starting':
      return containerTrouble(asked.pod) ?? progressing('Creating', 'StartingQemu', 'QEMU is starting');
    case 'Running':
      if (asked.power.desired === 'Paused')
        return progressing('Running', 'Pausing', 'The guest is being paused');
      return { ...guestRuns, ...troubleWithDevice(state) };
    case 'Paused':
      return paused(asked, state);
    case 'PoweringDown':
    case 'Stopped':
      return progressing('Stopping', 'PoweringDown', 'The guest is powering down');
    case 'Failed':
      return failed(state);
  }
}

const guestRuns = {
  phase: 'Running',
  reason: 'Running',
  message: 'The guest is running',
  progress: 'done',
} as const;

/** A guest runs on when something that was asked of one of its disks or networks does not work. */
function troubleWithDevice({ problem }: MachineState): Pick<Told, 'diskProblem' | 'networkProblem'> {
  if (!problem) return {};
  const { reason, message, disk, network } = problem;
  if (disk !== undefined) return { diskProblem: { reason, message } };
  return network === undefined ? {} : { networkProblem: { reason, message } };
}

function paused({ observed, pod, power }: Asked, { problem }: MachineState): Told {
  // Also while a resume is under way that QEMU has obeyed: the guest has met its trouble again.
  if (problem && !isRequestPending(observed, pod)) {
    const { reason, message, disk } = problem;
    return {
      ...{ phase: 'Paused', reason, message, progress: 'stalled' },
      ...(disk && { diskProblem: { reason, message } }),
    };
  }
  if (isResumeAsked(observed)) return progressing('Paused', 'Resuming', 'The guest is being resumed');
  if (power.desired === 'Paused') {
    const message = 'The guest is paused on request; operation resume lets it go on';
    return { phase: 'Paused', reason: 'Paused', message, progress: 'done' };
  }
  const message = 'The guest stands still though nobody asked for it; operation resume lets it go on';
  return { phase: 'Paused', reason: 'PausedUnasked', message, progress: 'stalled' };
}

function isResumeAsked({ operations }: Observed): boolean {
  return operations.some(
    ({ spec, status }) => status?.phase === 'Running' && ['start', 'resume'].includes(spec.operation),
  );
}

function preparingMessage({ disks }: MachineState): string {
  const busy = disks.find(({ progress }) => progress !== undefined);
  return busy ? `Disk ${busy.name} is being made: ${busy.progress ?? 0} %` : 'The disks are being made';
}

function failed({ problem }: MachineState): Told {
  const { reason, message, disk } = problem ?? {
    reason: 'LauncherFailed',
    message: 'The launcher gives no reason',
  };
  return {
    phase: 'Failed',
    reason,
    message,
    progress: 'stalled',
    ...(disk && { diskProblem: { reason, message } }),
  };
}

/** No answer is no failure: what is known of the pod is said, and a guest that ran is taken to run on. */
function withoutAnswer(observed: Observed, pod: Pod): Told {
  const { vm, nodeReady } = observed;
  const wasUp =
    vm.status?.podName === pod.metadata.name &&
    ['Running', 'Paused', 'Unknown'].includes(vm.status.phase ?? '');
  if (!nodeReady) {
    const message = `Node ${pod.spec?.nodeName ?? ''} does not answer; the guest may still be running`;
    return { phase: 'Unknown', reason: 'NodeNotReady', message, progress: 'progressing' };
  }
  if (wasUp && isQemuRunning(pod)) {
    const message = 'QEMU is running; the launcher does not answer now';
    return {
      phase: vm.status?.phase === 'Paused' ? 'Paused' : 'Running',
      reason: 'LauncherUnreachable',
      message,
      progress: 'progressing',
    };
  }
  return waitingReason(observed, pod);
}

function progressing(phase: Told['phase'], reason: string, message: string): Told {
  return { phase, reason, message, progress: 'progressing' };
}

/** The launcher gets the machine that spec asks for now; it does what it can live and names the rest. */
function changes(observed: Observed, pod: Pod, power: Power, { state, address }: Answering): Action[] {
  const machine = wantedMachine(observed, pod, power);
  if (!machine || state.epoch !== machine.epoch || state.specDigest === machineDigest(machine)) return [];
  return [{ type: 'putMachine', address, machine }];
}

/** An operator that died between a pod and its Secret left the pod to wait for it. */
function secretMakeUp(observed: Observed, pod: Pod, power: Power): Action[] {
  const hasStarted = containerStatuses(pod).some(({ state }) => state?.running ?? state?.terminated);
  if (hasStarted || observed.isSecretKnown) return [];
  const machine = wantedMachine(observed, pod, power);
  return machine ? [{ type: 'ensureSecret', pod, machine }] : [];
}
