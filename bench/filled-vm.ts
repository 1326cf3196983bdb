import { inVolume } from '../test/e2e/stage/in-volume.ts';
import { benchVm } from './machines.ts';
import type { Bench } from './row.ts';

/** Where a script finds the volume that it is to fill. */
export const FILLED = '/volume/disk.qcow2';

/** Makes a VM that is off, in whose volume of this size a shell script has made the disk. The disk goes with the VM. */
export async function makeFilledVm(
  bench: Bench,
  name: string,
  storage: string,
  script: string,
): Promise<void> {
  const { scene } = bench;
  await scene.apply({
    ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name } },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  });
  await inVolume(scene, name, ['sh', '-euc', script]);
  const disks = [{ name: 'root', source: { pvc: { name } }, deletePolicy: 'Delete' as const }];
  await scene.apply(benchVm(bench, name, { image: undefined, disks, running: false }));
  await scene.waitFor('jsonpath={.status.phase}=Stopped', `vm/${name}`);
}
