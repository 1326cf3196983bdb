/** The status and events that an outcome gives. What did not change is left as it is, so that nothing is written. */
import {
  formatBytes,
  setCondition,
  type MachineState,
  type VirtualMachine,
  type VirtualMachineStatus,
} from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import type { Plan, PlannedEvent } from '../plan/actions.ts';
import { conditionsOf } from './conditions.ts';
import { epochOf } from '../pod/epoch.ts';
import { bindingOf, resolveNetworks, type ResolvedNetwork } from '../networks/networks.ts';
import type { Observed } from '../observed.ts';
import type { Outcome } from './outcome.ts';

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
    acceleration: machine?.acceleration?.type ?? (pod ? before.acceleration : undefined),
    uuid: before.uuid ?? vm.metadata.uid,
    hostname: before.hostname ?? vm.metadata.name,
    ipAddresses: addresses(outcome, before),
    networks: networks(observed, outcome),
    resources: resources(observed, machine) ?? before.resources,
    disks: machine ? disks(vm, machine) : before.disks,
    startTime: machine?.startTime ?? before.startTime,
    creationTimestamp: before.creationTimestamp ?? now.toISOString(),
    restartCount: outcome.restartCount ?? before.restartCount ?? 0,
    lastEnd: outcome.lastEnd ?? before.lastEnd,
    restartAwaitingChanges: machine?.restartAwaiting ?? (pod ? before.restartAwaitingChanges : []),
  };
  status.conditions = conditionsOf(observed, outcome, status).reduce(
    (conditions, update) => setCondition(conditions, update, now),
    before.conditions ?? [],
  );
  return { actions: [], status, events: transitions(vm, outcome) };
}

/** A pod's address is the guest's, as long as the guest is up. */
function addresses({ pod, phase }: Outcome, before: VirtualMachineStatus): string[] {
  const isUp = phase === 'Running' || phase === 'Paused' || phase === 'Unknown';
  if (!isUp) return [];
  return pod?.status?.podIP ? [pod.status.podIP] : (before.ipAddresses ?? []);
}

function networks(observed: Observed, outcome: Outcome): VirtualMachineStatus['networks'] {
  const ipAddresses = addresses(outcome, observed.vm.status ?? {});
  return resolveNetworks(observed, outcome.pod).map(({ ports: _, ...network }) => ({
    ...network,
    ...untilRestart(network, outcome.pod),
    ipAddresses,
  }));
}

/** The guest keeps the binding that its pod was made with, whatever spec asks for by now. */
function untilRestart({ type, binding }: Pick<ResolvedNetwork, 'type' | 'binding'>, pod: Pod | undefined) {
  if (!pod || type !== 'pod-network' || binding === bindingOf(pod)) return {};
  return { binding: bindingOf(pod), reason: 'RestartRequired' };
}

function resources({ vm }: Observed, machine: MachineState | undefined): VirtualMachineStatus['resources'] {
  if (!machine || machine.phase !== 'Running' || vm.status?.resources) return vm.status?.resources;
  return { cpu: vm.spec.cpus === undefined ? undefined : String(vm.spec.cpus), memory: vm.spec.memory };
}

function disks(vm: VirtualMachine, machine: MachineState): VirtualMachineStatus['disks'] {
  return machine.disks.map(({ name, format, virtualSize, chain, progress }) => ({
    name,
    pvc:
      vm.spec.disks?.find((disk) => disk.name === name)?.source?.pvc?.name ?? `${vm.metadata.name}-${name}`,
    size: formatBytes(virtualSize),
    format,
    chain,
    ...(progress !== undefined && { progress }),
  }));
}

/** One event a change of phase or of reason for trouble: enough to follow a VM by, few enough to keep. */
function transitions(vm: VirtualMachine, outcome: Outcome): PlannedEvent[] {
  const before = vm.status?.conditions?.find(({ type }) => type === 'Ready');
  const isSame =
    vm.status?.phase === outcome.phase &&
    (outcome.progress !== 'stalled' || before?.reason === outcome.reason);
  if (isSame) return [];
  const type = outcome.progress === 'stalled' || outcome.phase === 'Failed' ? 'Warning' : 'Normal';
  return [{ type, reason: type === 'Warning' ? outcome.reason : outcome.phase, message: outcome.message }];
}
