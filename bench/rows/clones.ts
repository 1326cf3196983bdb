import { operationOn } from '../../test/e2e/stage/manifests.ts';
import { deleteVm, startVm, stopVm } from '../machines.ts';
import { repeated, timed, type Bench, type Row } from '../row.ts';

export const linkedDisk: Row = {
  name: 'Linked disk, added time',
  unit: 'ms',
  goal: '<= 300 ms',
  about:
    'from apply until a VM with a linked disk is Running, less the same with a blank disk; taken in turns',
  measure: repeated('linked-disk', async (bench, name) => {
    const linked = await startVm(bench, `${name}-linked`);
    const blank = await startVm(bench, `${name}-blank`, { image: undefined });
    await deleteVm(bench, `${name}-linked`, `${name}-blank`);
    return linked - blank;
  }),
};

export const linkedClone: Row = {
  name: 'Linked clone, 10 GiB to 1 GiB',
  unit: '',
  goal: '<= 1.10',
  about:
    'from apply until a linked clone of a VM that is off has Succeeded, its disk of 10 GiB, as a ratio to 1 GiB; taken in turns',
  measure: repeated('linked', async (bench, name) => {
    const [large, small] = [`${name}-10`, `${name}-1`];
    for (const [vm, size] of [[large, '10Gi'] as const, [small, '1Gi'] as const]) {
      await startVm(bench, vm, { disks: [{ name: 'root', size }] });
      await stopVm(bench, vm);
    }
    const ratio = (await clone(bench, large, 'linked')) / (await clone(bench, small, 'linked'));
    await deleteVm(bench, `${large}-clone`, `${small}-clone`);
    for (const vm of [large, small]) await bench.scene.waitFor('condition=InUse=False', `vm/${vm}`);
    await deleteVm(bench, large, small);
    return ratio;
  }),
};

/** Milliseconds until it has been made. */
export function clone({ scene }: Bench, vm: string, mode: 'linked' | 'full'): Promise<number> {
  const { spec, ...operation } = operationOn(vm, 'clone');
  return timed(async () => {
    await scene.apply({ ...operation, spec: { ...spec, cloneSpec: { targetName: `${vm}-clone`, mode } } });
    await scene.waitFor('jsonpath={.status.phase}=Succeeded', `vmop/${vm}-clone`);
  });
}
