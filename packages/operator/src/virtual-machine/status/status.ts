/** The status and events that an outcome gives. What did not change is left as it is, so that nothing is written. */
import {
  formatBytes,
  setCondition,
  type FrozenDisk,
  type MachineProblem,
  type MachineState,
  type VirtualMachineStatus,
} from '@hypersdk/api';
import type { Plan } from '../plan/actions.ts';
import { guestAgent, guestSide } from './guest-agent.ts';
import { conditionsOf } from './conditions.ts';
import { isReconfigured } from './disk-changes.ts';
import { growthsAwaitingRestart } from './growth.ts';
import { diskClaimName, ownClaimName } from '../disks/claim-name.ts';
import { isServedBy, servedClaim } from '../attachments/attachments.ts';
import { mediumClaim } from '../pod/machine-spec.ts';
import { epochOf } from '../pod/epoch.ts';
import { firmwareClaimOf } from '../pod/volumes.ts';
import { sizesAwaitingRestart } from '../size/granted-size.ts';
import { nextStartSize } from '../size/next-start.ts';
import { isPowerCycled } from './reconfiguration.ts';
import { isResized } from './resize.ts';
import { hostnameOf, uuidOf } from '../identity.ts';
import { resolveNetworks, type ResolvedNetwork } from '../networks/networks.ts';
import { bindingIn } from '../networks/sidecar-environment.ts';
import type { Observed } from '../observed.ts';
import type { Outcome } from './outcome.ts';
import { templateStatus } from './template.ts';
import { transitions } from './transitions.ts';

export function tell(
  observed: Observed,
  outcome: Outcome,
  now: Date,
): Plan & { status: VirtualMachineStatus } {
  const { vm } = observed;
  const before = vm.status ?? {};
  const { pod, machine } = outcome;
  const status: VirtualMachineStatus = {
    ...before,
    observedGeneration: vm.metadata.generation,
    phase: outcome.phase,
    power: outcome.power,
    epoch: outcome.epoch ?? (pod ? Math.max(epochOf(pod), before.epoch ?? 0) : before.epoch),
    podName: pod?.metadata.name,
    nodeName: pod?.spec?.nodeName,
    ...acceleration(outcome, before),
    machineType: machine?.room?.machine ?? (pod ? before.machineType : undefined),
    uuid: uuidOf(vm),
    hostname: hostnameOf(vm),
    ipAddresses: addresses(outcome, before),
    networks: networks(observed, outcome),
    guestAgent: guestAgent(outcome, before),
    resources: resources(outcome, before),
    disks: machine ? disks(observed, machine) : before.disks,
    template: templateStatus(observed),
    firmware: firmware(outcome) ?? before.firmware,
    startTime: startTime(outcome, before),
    creationTimestamp: before.creationTimestamp ?? now.toISOString(),
    restartCount: outcome.restartCount ?? before.restartCount ?? 0,
    rebootCount: rebootCount(outcome, before),
    lastRequest: machine?.lastRequest ?? before.lastRequest,
    lastFreeze: lastFreeze(machine) ?? before.lastFreeze,
    freezeProblem: freezeProblem(machine),
    droppedLayers: machine?.droppedLayers,
    disksHeldFor: outcome.disksHeldFor,
    lastEnd: outcome.lastEnd ?? before.lastEnd,
    carbonIntensity: observed.spec.carbonAware?.enabled
      ? (outcome.carbonIntensity ?? before.carbonIntensity)
      : undefined,
    restartAwaitingChanges: restartAwaiting(observed, outcome),
    nextStart: pod && nextStartSize(observed, pod),
  };
  if (isReconfigured(vm, status) || isResized(vm, status, machine) || isPowerCycled(before, status))
    status.lastReconfigureTime = now.toISOString();
  status.conditions = conditionsOf(observed, outcome, status, now).reduce(
    (conditions, update) => setCondition(conditions, update, now),
    before.conditions ?? [],
  );
  return { actions: [], status, events: transitions(vm, outcome, status) };
}

/** A guest that has come from another pod was started there. */
function startTime({ machine }: Outcome, before: VirtualMachineStatus): string | undefined {
  const hasCome = machine?.migration?.direction === 'in' && before.startTime !== undefined;
  return hasCome ? before.startTime : (machine?.startTime ?? before.startTime);
}

/** Kept for as long as the pod stands, whether its launcher answers or not. */
function acceleration(
  { pod, machine }: Outcome,
  before: VirtualMachineStatus,
): Pick<VirtualMachineStatus, 'acceleration' | 'accelerationReason'> {
  const found = machine?.acceleration;
  if (found) return { acceleration: found.type, accelerationReason: found.reason };
  const { acceleration, accelerationReason } = pod ? before : {};
  return { acceleration, accelerationReason };
}

/** Once QEMU has started there is something to lose: a claim that vanishes later is not made anew. */
function firmware({ pod, machine }: Outcome): VirtualMachineStatus['firmware'] {
  const pvc = machine?.startTime === undefined ? undefined : pod && firmwareClaimOf(pod);
  return pvc === undefined ? undefined : { pvc };
}

/** A layer as status tells of it. */
export function layerStatus({ name, file, virtualSize, actualSize, below }: FrozenDisk) {
  return { name, file, size: formatBytes(virtualSize), bytes: actualSize, below };
}

const problemStatus = ({ reason, message }: MachineProblem) => ({ reason, message });

function lastFreeze(machine: MachineState | undefined): VirtualMachineStatus['lastFreeze'] {
  if (!machine?.lastFreeze) return undefined;
  const { id, quiesced, time, pauseMilliseconds, frozen, memory } = machine.lastFreeze;
  return {
    ...{ operation: id, quiesced },
    ...(time !== undefined && { time }),
    ...(pauseMilliseconds !== undefined && { pauseMilliseconds }),
    ...(frozen && { disks: frozen.map(layerStatus) }),
    ...(memory?.saved && { memory: memory.saved }),
    ...(memory?.problem && { memoryProblem: problemStatus(memory.problem) }),
  };
}

function freezeProblem(machine: MachineState | undefined): VirtualMachineStatus['freezeProblem'] {
  if (!machine?.freezeProblem) return undefined;
  const { id, permanent, problem } = machine.freezeProblem;
  return { operation: id, permanent, ...problemStatus(problem) };
}

/** What waited when the guest was last up is known until it is up again: then it is told whether it has come. */
function restartAwaiting(observed: Observed, { pod, machine }: Outcome) {
  const isUp = machine?.phase === 'Running' || machine?.phase === 'Paused';
  if (!pod || !isUp) return observed.vm.status?.restartAwaitingChanges ?? [];
  return [
    ...machine.restartAwaiting,
    ...sizesAwaitingRestart(observed, pod),
    ...growthsAwaitingRestart(observed, disks(observed, machine)),
  ];
}

/** Kept for as long as the guest's pod stands. */
function rebootCount({ pod, machine }: Outcome, before: VirtualMachineStatus): number | undefined {
  if (machine) return machine.reboots?.count;
  return pod?.metadata.name === before.podName ? before.rebootCount : undefined;
}

/** A pod's address is the guest's, as long as the guest is up. */
function addresses({ pod, phase }: Outcome, before: VirtualMachineStatus): string[] {
  const isUp = /^(Running|Migrating|Paused|Unknown)$/.test(phase);
  if (!isUp) return [];
  return pod?.status?.podIP ? [pod.status.podIP] : (before.ipAddresses ?? []);
}

function networks(observed: Observed, outcome: Outcome): VirtualMachineStatus['networks'] {
  const ipAddresses = addresses(outcome, observed.vm.status ?? {});
  return resolveNetworks(observed, outcome.pod).map(({ ports: _, ...network }) => ({
    ...network,
    ...untilRestart(network, outcome),
    ipAddresses,
    ...guestSide(network, outcome, observed.vm.status ?? {}),
  }));
}

/** One that came to the running guest is as it was asked for. */
const awaitsRestart = ({ restartAwaiting }: MachineState, network: string): boolean =>
  restartAwaiting.some(({ field }) => field === `networks[${network}]`);

/** The guest keeps the binding that its pod was made with, whatever spec asks for by now. */
function untilRestart(
  { name, type, binding }: Pick<ResolvedNetwork, 'name' | 'type' | 'binding'>,
  { pod, machine }: Outcome,
) {
  if (!pod || type !== 'pod-network' || binding === bindingIn(pod, name)) return {};
  if (machine?.networks?.includes(name) && !awaitsRestart(machine, name)) return {};
  return { binding: bindingIn(pod, name), reason: 'RestartRequired' };
}

/** The running guest's, whatever spec asks for by now. A launcher that has just started does not know yet. */
function resources(
  { pod, machine }: Outcome,
  before: VirtualMachineStatus,
): VirtualMachineStatus['resources'] {
  if (!machine?.resources) return pod && pod.metadata.name === before.podName ? before.resources : undefined;
  const { cpus, memory, overhead } = machine.resources;
  return {
    cpu: String(cpus),
    memory: formatBytes(memory),
    overhead: overhead === undefined ? undefined : formatBytes(overhead),
  };
}

function disks(observed: Observed, machine: MachineState): VirtualMachineStatus['disks'] {
  return machine.disks.map(({ name, format, virtualSize, chain, progress, flattening, fileSystemsDue }) => ({
    name,
    pvc:
      mediumClaim(name, chain[0] ?? '') ?? claimServed(observed, { name, chain }) ?? claimOf(observed, name),
    size: formatBytes(virtualSize),
    format,
    chain,
    ...(progress !== undefined && { progress }),
    ...(flattening !== undefined && { flattening }),
    ...(fileSystemsDue?.problem !== undefined && { fileSystemProblem: fileSystemsDue.problem }),
  }));
}

function claimServed(
  { attachments }: Observed,
  disk: Pick<MachineState['disks'][number], 'name' | 'chain'>,
): string | undefined {
  const pod = attachments.find((each) => isServedBy(each, disk));
  return pod && servedClaim(pod);
}

/** A disk that spec has no more is still in the claim that was made for it. */
function claimOf({ vm, spec }: Observed, name: string): string {
  const disk = spec.disks.find((candidate) => candidate.name === name);
  return disk ? diskClaimName(vm, disk) : ownClaimName(vm, name);
}
