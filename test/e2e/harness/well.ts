import { Pods } from '@hypersdk/kube';
import { podsOnNodes, processesOfPod } from '../../cluster/pods-on-nodes.ts';
import { waitFor } from '../../cluster/waiting.ts';
import type { Harness } from './harness.ts';
import { VirtualMachines } from './resources.ts';
import { isQemu } from './strike.ts';

/** Whoever was struck needs to come back, on a machine that has other things to do. */
const PATIENCE_SECONDS = 300;

/** One pod and one QEMU, in which the guest's journal goes on: whoever was struck last may yet go to another pod. */
export async function isWell(harness: Harness, vm: string): Promise<void> {
  const journal = harness.consoles.journal(vm);
  const before = journal.latest;
  let seen = 'nowhere';
  try {
    const running = await patiently(`the guest of ${vm} writes on in its only pod`, async () => {
      const { pod, words } = await whereabouts(harness, vm);
      const { latest } = journal;
      seen = `${words}, and wrote entry ${latest?.number} in ${latest?.pod}`;
      const isWriting = pod !== undefined && latest !== before && latest?.pod === pod;
      return (isWriting && (await qemus(harness, vm))) || undefined;
    });
    if (running > 1) throw new Error(`there are ${running} QEMUs`);
  } catch (cause) {
    throw new Error(`VM ${vm} was last seen ${seen}`, { cause });
  }
}

/** The pod in which it runs, where that is the only one. */
async function whereabouts(
  { client, scene: { namespace } }: Harness,
  vm: string,
): Promise<{ readonly pod: string | undefined; readonly words: string }> {
  const { status } = await client.get(VirtualMachines, { namespace, name: vm });
  const { items } = await client.list(Pods, { namespace, labelSelector: `hypersdk.io/vm=${vm}` });
  const names = items.map(({ metadata }) => metadata.name);
  const [name] = names;
  const isOnly = status?.phase === 'Running' && names.length === 1 && name === status.podName;
  return {
    pod: isOnly ? name : undefined,
    words: `${status?.phase} in ${status?.podName}, with pods ${names.join(', ')}`,
  };
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
