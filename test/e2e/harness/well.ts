import { Pods } from '@hypersdk/kube';
import { podsOnNodes, processesOfPod } from '../../cluster/pods-on-nodes.ts';
import { waitFor } from '../../cluster/waiting.ts';
import type { Harness } from './harness.ts';
import { VirtualMachines } from './resources.ts';
import { isQemu } from './strike.ts';

/** Whoever was struck needs to come back, on a machine that has other things to do. */
const PATIENCE_SECONDS = 300;

/** One pod and one QEMU, in which the guest's journal goes on. */
export async function isWell(harness: Harness, vm: string): Promise<void> {
  const pod = await onlyPod(harness, vm);
  const journal = harness.consoles.journal(vm);
  const before = journal.latest;
  await patiently(`the guest of ${vm} writes on in ${pod}`, () => {
    const { latest } = journal;
    return Promise.resolve(latest !== before && latest?.pod === pod ? true : undefined);
  });
  const running = await qemus(harness, vm);
  if (running !== 1) throw new Error(`VM ${vm} has ${running} QEMUs`);
}

async function onlyPod({ client, scene: { namespace } }: Harness, vm: string): Promise<string> {
  let seen = '';
  const look = async (): Promise<string | undefined> => {
    const { status } = await client.get(VirtualMachines, { namespace, name: vm });
    const { items } = await client.list(Pods, { namespace, labelSelector: `hypersdk.io/vm=${vm}` });
    const names = items.map(({ metadata }) => metadata.name);
    seen = `${status?.phase} in ${status?.podName}, with pods ${names.join(', ')}`;
    const [name] = names;
    return status?.phase === 'Running' && names.length === 1 && name === status.podName ? name : undefined;
  };
  try {
    return await patiently(`VM ${vm} runs in one pod, and no other is left`, look);
  } catch (cause) {
    throw new Error(`VM ${vm} was last seen ${seen}`, { cause });
  }
}

async function qemus({ instance, scene }: Harness, vm: string): Promise<number> {
  const pods = await podsOnNodes(instance, scene.namespace, `${vm}-`);
  const processes = await Promise.all(pods.map(processesOfPod));
  return processes.flat().filter(isQemu).length;
}

/** The API server may be away. */
export function patiently<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const wait = { until: what, seconds: PATIENCE_SECONDS, intervalMilliseconds: 200 };
  return waitFor(wait, () => ask().catch(() => undefined));
}
