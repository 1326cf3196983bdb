/** What is told of CPUs and memory that come to a running guest, or go from it. */
import { formatBytes, type MachineResizing, type MachineState, type VirtualMachine } from '@hypersdk/api';
import type { ConditionUpdate, VirtualMachineStatus } from '@hypersdk/api';
import type { Observed } from '../observed.ts';
import { podResize, type PodResize } from '../size/pod-resize.ts';
import type { Outcome } from './outcome.ts';

type Update = Omit<ConditionUpdate, 'observedGeneration'>;
type Told = Pick<Update, 'status' | 'reason' | 'message'>;

/** Neither is there before it has something to say. */
export function reconfiguring(
  observed: Observed,
  { pod, machine }: Pick<Outcome, 'pod' | 'machine'>,
  { restartAwaitingChanges = [] }: VirtualMachineStatus,
): Update[] {
  const resize: PodResize = pod ? podResize(observed, pod) : { type: 'none' };
  const fields = restartAwaitingChanges.map(({ field }) => field).join(', ');
  return [
    ...onceSaid(observed, 'Reconfiguring', ofPod(resize) ?? ofGuest(machine), {
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

function ofGuest(machine: MachineState | undefined): Told | undefined {
  const { resizing } = machine ?? {};
  if (!resizing) return undefined;
  return { status: 'True', reason: 'ResizingGuest', message: resizing.map(progress).join('; ') };
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
