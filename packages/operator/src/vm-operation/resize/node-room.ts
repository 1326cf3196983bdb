/** Whether a VM's node has room for what the VM is to have more. */
import { parseBytes, parseMillis, type VirtualMachine, type VMOperation } from '@hypersdk/api';
import { Nodes, Pods, type Node, type Pod } from '@hypersdk/kube';
import type { Found } from '../kind.ts';
import type { ObservedOperation } from '../observed.ts';
import { isWorkBegun } from '../steps.ts';
import { CPU_REQUEST_MILLIS } from '../../virtual-machine/pod/containers.ts';
import type { Context } from '../../context.ts';

/** CPUs in thousandths, memory in bytes. */
interface Amount {
  readonly cpu: number;
  readonly memory: number;
}

export interface NodeRoom {
  readonly name: string;
  /** What no pod has asked for. */
  readonly free: Amount;
}

/** Asked once, before it begins: the pods of a node are not cached, for most are none of ours. */
export async function observeNode(
  { client }: Pick<Context, 'client'>,
  { vm, operation }: ObservedOperation,
  signal: AbortSignal,
): Promise<NodeRoom | undefined> {
  const name = vm?.status?.nodeName;
  if (name === undefined || vm?.status?.podName === undefined || isWorkBegun(operation.status ?? {})) {
    return undefined;
  }
  const [nodes, pods] = await Promise.all([
    client.list(Nodes, { fieldSelector: `metadata.name=${name}`, signal }),
    client.list(Pods, { fieldSelector: `spec.nodeName=${name}`, signal }),
  ]);
  const node = nodes.items[0];
  return node && { name, free: freeOf(node, pods.items) };
}

function freeOf({ status }: Node, pods: readonly Pod[]): Amount {
  const living = pods.filter((pod) => !['Succeeded', 'Failed'].includes(pod.status?.phase ?? ''));
  const taken = living.map(requestsOf);
  const all = amountOf(status?.allocatable);
  return {
    cpu: taken.reduce((left, { cpu }) => left - cpu, all.cpu),
    memory: taken.reduce((left, { memory }) => left - memory, all.memory),
  };
}

/** Of the containers that run as long as the pod does. */
function requestsOf({ spec }: Pod): Amount {
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const amounts = [...sidecars, ...(spec?.containers ?? [])].map(({ resources }) =>
    amountOf(resources?.requests),
  );
  return {
    cpu: amounts.reduce((sum, { cpu }) => sum + cpu, 0),
    memory: amounts.reduce((sum, { memory }) => sum + memory, 0),
  };
}

function amountOf(amounts: Readonly<Record<string, string>> = {}): Amount {
  return { cpu: parseMillis(amounts['cpu'] ?? '0'), memory: parseBytes(amounts['memory'] ?? '0') };
}

/** A node without room is no place for the guest to grow; one that is full now may have room later. */
export function nodeObstacle({
  operation,
  vm,
  node,
}: Pick<ObservedOperation & Found, 'operation' | 'vm'> & { readonly node: NodeRoom | undefined }):
  string | undefined {
  if (!node || operation.spec.resizeSpec?.hotplug === false) return undefined;
  const more = moreOf(operation, vm);
  const cpu = lacking(more.cpu, node.free.cpu);
  const memory = lacking(more.memory, node.free.memory);
  const missing = [
    ...(cpu > 0 ? [`${cpu / 1000} CPUs`] : []),
    ...(memory > 0 ? [`${Math.ceil(memory / MIB)} MiB of memory`] : []),
  ].join(' and ');
  if (missing === '') return undefined;
  return `Node ${node.name} has no room: ${missing} are missing; make room there, or set hotplug to false and restart the VM`;
}

/** What gives room is never refused. */
const lacking = (more: number, free: number): number => (more > 0 ? Math.max(0, more - free) : 0);

/** What the VM's pod will request more; where spec says itself what that is, it stays. */
function moreOf(operation: VMOperation, { spec, status }: VirtualMachine): Amount {
  const { cpus, memory } = operation.spec.resizeSpec ?? {};
  const { cpu: cpusNow, memory: memoryNow } = status?.resources ?? {};
  const requests = spec.resources?.requests ?? {};
  const isCpuOurs = cpus !== undefined && cpusNow !== undefined && requests['cpu'] === undefined;
  const isMemoryOurs = memory !== undefined && memoryNow !== undefined && requests['memory'] === undefined;
  return {
    cpu: isCpuOurs ? (cpus - Number(cpusNow)) * CPU_REQUEST_MILLIS : 0,
    memory: isMemoryOurs ? parseBytes(memory) - parseBytes(memoryNow) : 0,
  };
}
const MIB = 1024 * 1024;
