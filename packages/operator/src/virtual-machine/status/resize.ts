/** What is told of CPUs and memory that come to a running guest, or go from it. */
import {
  formatBytes,
  machineDigest,
  type MachineResizing,
  type MachineState,
  type VirtualMachine,
} from '@hypersdk/api';
import type { VirtualMachineStatus } from '@hypersdk/api';
import type { Update } from '../../condition-update.ts';
import type { Observed } from '../observed.ts';
import { wantedMachine } from '../plan/wanted-machine.ts';
import { podResize, type PodResize } from '../size/pod-resize.ts';
import { isMore, liveSize } from '../size/size.ts';
import type { Outcome } from './outcome.ts';

type Told = Pick<Update, 'status' | 'reason' | 'message'>;

/** Neither is there before it has something to say. */
export function reconfiguring(
  observed: Observed,
  outcome: Pick<Outcome, 'pod' | 'machine' | 'power'>,
  { restartAwaitingChanges = [] }: VirtualMachineStatus,
): Update[] {
  const { pod } = outcome;
  const resize: PodResize = pod ? podResize(observed, pod) : { type: 'none' };
  const fields = restartAwaitingChanges.map(({ field }) => field).join(', ');
  return [
    ...onceSaid(observed, 'Reconfiguring', ofPod(resize) ?? ofGuest(observed, outcome), {
      ...{ reason: 'Reconfigured', message: 'The running guest has all that it can be given' },
    }),
    ...onceSaid(observed, 'ReconfigurePendingPowerCycle', fields === '' ? undefined : pending(fields), {
      ...{ reason: 'UpToDate', message: 'Nothing waits for the next start' },
    }),
  ];
}

function onceSaid(
  { vm }: Observed,
  type: string,
  told: Told | undefined,
  otherwise: Omit<Told, 'status'>,
): Update[] {
  if (told) return [{ type, ...told }];
  const wasSaid = vm.status?.conditions?.some((condition) => condition.type === type);
  return wasSaid ? [{ type, status: 'False', ...otherwise }] : [];
}

const pending = (fields: string): Told => ({
  ...{ status: 'True', reason: 'ChangesPending' },
  message: `They come with the next start of the VM: ${fields}`,
});

function ofPod(resize: PodResize): Told | undefined {
  switch (resize.type) {
    case 'none':
      return undefined;
    case 'wanted':
      return { status: 'True', reason: 'ResizingPod', message: 'The pod is asked for other resources' };
    case 'awaited':
      return { status: 'True', reason: resize.reason, message: resize.message };
    case 'refused':
      return { status: 'False', reason: resize.reason, message: resize.message };
  }
}

function ofGuest(
  observed: Observed,
  { pod, machine, power }: Pick<Outcome, 'pod' | 'machine' | 'power'>,
): Told | undefined {
  if (!pod || !machine) return undefined;
  const told = (message: string): Told => ({ status: 'True', reason: 'ResizingGuest', message });
  if (machine.resizing) return told(machine.resizing.map(progress).join('; '));
  const live = liveSize(observed.machine);
  const wanted = wantedMachine(observed, pod, power);
  if (!live || !wanted || machine.specDigest === machineDigest(wanted)) return undefined;
  return isMore(wanted, live) || isMore(live, wanted)
    ? told('The launcher is told of the new size')
    : undefined;
}

function progress({ field, now, wanted, message }: MachineResizing): string {
  const said = message === undefined ? '' : `: ${message}`;
  const [has, is] = field === 'memory' ? [formatBytes(now), formatBytes(wanted)] : [now, wanted];
  return `The guest has ${field} ${has} and is to have ${is}${said}`;
}

/** Whether the guest, which ran through, has come to the size that it is to have. */
export function isResized(
  { status: before }: Pick<VirtualMachine, 'status'>,
  { resources, podName }: VirtualMachineStatus,
  machine: MachineState | undefined,
): boolean {
  const isSame = resources?.cpu === before?.resources?.cpu && resources?.memory === before?.resources?.memory;
  if (!before?.resources || !resources || isSame) return false;
  return before.podName === podName && machine !== undefined && machine.resizing === undefined;
}
