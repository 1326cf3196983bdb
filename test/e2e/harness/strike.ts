/** Does to a migration what was chosen for it. */
import { crashControlPlane } from '../../cluster/crash.ts';
import { cutNetwork } from '../../cluster/cut.ts';
import type { Instance } from '../../cluster/instance.ts';
import { podsOnNodes, processesOfPod, type PodProcess } from '../../cluster/pods-on-nodes.ts';
import { waitFor } from '../../cluster/waiting.ts';
import type { Fault } from './choices.ts';
import type { CommonFaults } from './common-faults.ts';

export interface Passage {
  readonly commonFaults: CommonFaults;
  readonly instance: Instance;
  readonly namespace: string;
  /** Names of pods. */
  readonly source: string;
  readonly target: string;
  readonly cancel: () => Promise<unknown>;
}

/** A victim that does not come is spared: its migration had ended, or never got that far. */
const PATIENCE_SECONDS = 30;

export const isQemu = ({ argv: [program = ''] }: PodProcess): boolean =>
  program.endsWith('qemu-system-x86_64');
export const isNode = ({ argv: [program = ''] }: PodProcess): boolean => program === 'node';

/** Resolves with whether there was somebody to strike, once what was cut is whole again. */
export async function strike(passage: Passage, fault: Fault): Promise<boolean> {
  const { instance, namespace, source, target } = passage;
  switch (fault.victim) {
    case 'nobody':
      return true;
    case 'source QEMU':
      return killIn(instance, namespace, `${source}_`, isQemu);
    case 'target QEMU':
      return killIn(instance, namespace, `${target}_`, isQemu);
    case 'source launcher':
      return killIn(instance, namespace, `${source}_`, isNode);
    case 'target launcher':
      return killIn(instance, namespace, `${target}_`, isNode);
    case 'operator':
      return killIn(instance, 'hypersdk-system', 'hypersdk-operator', isNode);
    case 'API server':
      return passage.commonFaults.inTurn(async () => {
        await crashControlPlane(instance.name, 'kube-apiserver');
        return true;
      });
    case 'pods’ network':
    case 'node’s network': {
      const node = instance.nodes[fault.node];
      if (!node) return false;
      const cut = fault.victim === 'pods’ network' ? 'pods' : 'node';
      await cutNetwork(instance, node, cut, fault.milliseconds);
      return true;
    }
    case 'operation':
      return passage.cancel().then(
        () => true,
        () => false,
      );
  }
}

/** Resolves with whether there was one to kill. */
export async function killIn(
  instance: Instance,
  namespace: string,
  pod: string,
  isVictim: (process: PodProcess) => boolean,
): Promise<boolean> {
  try {
    const { pid } = await waitFor(
      { until: `${pod} has what is to be killed`, seconds: PATIENCE_SECONDS, intervalMilliseconds: 50 },
      () => victimIn(instance, namespace, pod, isVictim),
    );
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

export async function victimIn(
  instance: Instance,
  namespace: string,
  pod: string,
  isVictim: (process: PodProcess) => boolean,
): Promise<PodProcess | undefined> {
  for (const found of await podsOnNodes(instance, namespace, pod)) {
    const victim = (await processesOfPod(found)).find(isVictim);
    if (victim) return victim;
  }
  return undefined;
}
