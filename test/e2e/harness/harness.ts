import type { TestContext } from 'node:test';
import { Client } from '@hypersdk/kube';
import type { Instance } from '../../cluster/instance.ts';
import { claimInstance } from '../../cluster/slot.ts';
import { tinyTemplate, tinyVm } from '../stage/manifests.ts';
import { openScene, type Scene } from '../stage/scene.ts';
import type { Storage } from './choices.ts';
import { CommonFaults } from './common-faults.ts';
import { Consoles } from './consoles.ts';

/** Guests that keep a journal, in a cluster whose processes may be killed. */
export interface Harness {
  readonly scene: Scene;
  /** Asks often: a process of kubectl for each time would take the guests' processors. */
  readonly client: Client;
  readonly instance: Instance;
  readonly consoles: Consoles;
  readonly commonFaults: CommonFaults;
}

export async function openHarness(
  t: TestContext,
  cluster: string | undefined,
  vms: readonly Storage[],
): Promise<Harness> {
  const scene = await openScene(t);
  const instance = await claimInstance(cluster ?? '');
  const client = await Client.load({ userAgent: 'hypersdk-harness' });
  const consoles = new Consoles(instance, scene.namespace);
  t.after(async () => {
    await consoles.close();
    await client.close();
  });
  await scene.apply(tinyTemplate(), ...vms.map(journalist));
  for (const vm of vms) await scene.waitFor('condition=Running', `vm/${vm}`);
  return { scene, client, instance, consoles, commonFaults: new CommonFaults() };
}

/** Started again at once, however often it is killed. */
function journalist(storage: Storage): object {
  const accessMode = storage === 'shared' ? 'ReadWriteMany' : 'ReadWriteOnce';
  const manifest = tinyVm(storage, {
    running: true,
    disks: [
      { name: 'root', size: '256Mi', cloneMode: 'full', accessMode },
      { name: 'journal', size: '64Mi', accessMode },
    ],
  });
  return { ...manifest, spec: { ...manifest.spec, highAvailability: { restartDelay: '0s' } } };
}
