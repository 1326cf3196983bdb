/**
 * Whether the VM's pod has what its guest is to have. The guest is given more only when its pod has been, and its pod
 * less only when the guest has given it back, so that QEMU never meets its limit. Pure.
 */
import { parseBytes, parseMillis } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { knownDisks } from '../disks/disks.ts';
import type { Observed } from '../observed.ts';
import { containerOf, statusOf } from '../pod/container.ts';
import { qemuResources, type Resources } from '../pod/containers.ts';
import { nextStartSize } from './next-start.ts';
import { fieldsOf, isMore, largest, liveSize, type LiveSize, sizeOf, type Size } from './size.ts';

export type PodResize =
  /** The pod is as large as it is to be. */
  | { readonly type: 'none' }
  /** It is to be asked for these. */
  | { readonly type: 'wanted'; readonly resources: Resources }
  /** It was asked, and does not have them yet. */
  | { readonly type: 'awaited'; readonly reason: string; readonly message: string }
  /** It cannot have them; another pod, perhaps on another node, can. */
  | { readonly type: 'refused'; readonly reason: string; readonly message: string };

/** Bytes that are no reason to lower a pod: disks that come and go, and what other versions counted. */
const SLACK = 32 * 1024 * 1024;

export function podResize(observed: Observed, pod: Pod): PodResize {
  const live = liveSize(observed.machine);
  const asked = containerOf(pod, 'qemu')?.resources;
  if (!live || !asked) return { type: 'none' };
  const wanted = liveWish(observed, pod, live);
  const needed = neededFor(observed, largest(wanted, live));
  if (!isMore(wanted, live)) {
    return isExcess(asked, needed) ? { type: 'wanted', resources: needed } : { type: 'none' };
  }
  const applied = statusOf(pod, 'qemu')?.resources;
  if (!lacks(asked, needed)) return applied && lacks(applied, needed) ? waiting(pod) : { type: 'none' };
  return applied ? (tooLow(needed, wanted) ?? { type: 'wanted', resources: needed }) : notSupported;
}

/** Whether QEMU is yet to start, with more than its pod has: spec has changed since the pod was made. */
export function isTooSmallToStart(observed: Observed, pod: Pod): boolean {
  const { machine, spec } = observed;
  const isStarting =
    machine.type === 'state' && (machine.state.phase === 'Preparing' || machine.state.phase === 'Starting');
  const asked = containerOf(pod, 'qemu')?.resources;
  if (!isStarting || !asked) return false;
  const memory = memoryOf(neededFor(observed, sizeOf(spec)).requests) - memoryOf(asked.requests);
  return memory > SLACK;
}

/** What lies beyond the room of the running machine, or is to wait, comes with its next start and needs nothing now. */
export function liveWish(observed: Observed, pod: Pod, { room, ...live }: LiveSize): Size {
  if (nextStartSize(observed, pod)) return live;
  const wanted = sizeOf(observed.spec);
  return {
    cpus: wanted.cpus > room.maxCpus ? live.cpus : wanted.cpus,
    memory: wanted.memory > room.maxMemory ? live.memory : wanted.memory,
  };
}

function neededFor(observed: Observed, size: Size): Resources {
  const { spec, config } = observed;
  return qemuResources({ spec: { ...spec, ...fieldsOf(size) }, disks: knownDisks(observed), config });
}

type Amounts = Readonly<Record<string, string | number>>;

/** Kubelet reads them back from what the kernel has rounded: a hundredth of a processor, or some pages, is no difference. */
function lacks(has: Partial<Resources>, needed: Resources): boolean {
  const isLess = (of: Amounts | undefined, than: Amounts | undefined): boolean =>
    than?.['memory'] !== undefined && memoryOf(of) + PAGES < memoryOf(than);
  const isCpuLess = millis(has.requests) + 10 < millis(needed.requests);
  return isCpuLess || isLess(has.requests, needed.requests) || isLess(has.limits, needed.limits);
}
const PAGES = 64 * 1024;

const memoryOf = (amounts: Amounts = {}): number => parseBytes(String(amounts['memory'] ?? '0'));
const millis = (amounts: Amounts = {}): number => parseMillis(String(amounts['cpu'] ?? '0'));

function isExcess(asked: Partial<Resources>, needed: Resources): boolean {
  if (needed.requests === undefined || asked.requests === undefined) return false;
  const isMemory = memoryOf(asked.requests) - memoryOf(needed.requests) > SLACK;
  return isMemory || millis(asked.requests) > millis(needed.requests);
}

/** The user's own limit stays as it is, and QEMU is killed at it. */
function tooLow({ limits }: Resources, { memory }: Size): PodResize | undefined {
  const limit = limits?.['memory'];
  if (limit === undefined || parseBytes(limit) > memory) return undefined;
  const message = `resources.limits.memory of ${limit} is too low for a guest of ${fieldsOf({ cpus: 1, memory }).memory}: raise it, or leave it out`;
  return { type: 'refused', reason: 'LimitTooLow', message };
}

const notSupported: PodResize = {
  type: 'refused',
  reason: 'PodResizeNotSupported',
  message: 'This cluster does not resize running pods (Kubernetes 1.33 and later do)',
};

function waiting(pod: Pod): PodResize {
  const condition = (type: string) =>
    pod.status?.conditions?.find((each) => each.type === type && each.status === 'True');
  const pending = condition('PodResizePending');
  const said = pending?.message ?? condition('PodResizeInProgress')?.message;
  const node = `Node ${pod.spec?.nodeName ?? ''}`;
  if (pending?.reason === 'Infeasible') {
    const message = `${node} can never have room for that${said ? `: ${said}` : ''}`;
    return { type: 'refused', reason: 'Infeasible', message };
  }
  if (pending) {
    const message = `${node} has no room for that now${said ? `: ${said}` : ''}; the guest grows when it has`;
    return { type: 'awaited', reason: 'Deferred', message };
  }
  const message = `${node} gives the pod more${said ? `: ${said}` : ''}`;
  return { type: 'awaited', reason: 'ResizingPod', message };
}
