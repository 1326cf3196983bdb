/** Whether a VM's node has room for what the VM is to have more. */
import { parseBytes, parseMillis, type VMOperation } from '@hypersdk/api';
import { Nodes, Pods, type Node, type Pod } from '@hypersdk/kube';
import type { Found } from '../kind.ts';
import type { ObservedOperation } from '../observed.ts';
import { isWorkBegun } from '../steps.ts';
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
}: ObservedOperation & Found & { readonly node: NodeRoom | undefined }): string | undefined {
  const more = moreMemory(operation, vm.status?.resources?.memory);
  if (!node || more <= node.free.memory) return undefined;
  const short = Math.ceil((more - node.free.memory) / MIB);
  return `Node ${node.name} has no room: ${short} MiB of memory are missing; make room there, or set hotplug to false and restart the VM`;
}

function moreMemory({ spec }: VMOperation, now: string | undefined): number {
  const { memory, hotplug } = spec.resizeSpec ?? {};
  return memory === undefined || now === undefined || hotplug === false
    ? 0
    : parseBytes(memory) - parseBytes(now);
}
const MIB = 1024 * 1024;
