import { operationOn } from '../../test/e2e/stage/manifests.ts';
import { FILLED, makeFilledVm } from '../filled-vm.ts';
import { deleteVm, startVm } from '../machines.ts';
import { repeated, timed, type Bench, type Row } from '../row.ts';

export const linkedDisk: Row = {
  name: 'Linked disk, added time',
  unit: 'ms',
  goal: '<= 300 ms',
  about:
    'from apply until a VM with a linked disk is Running, less the same with a blank disk, from which no guest boots; taken in turns',
  measure: repeated('linked-disk', async (bench, name) => {
    const started = async (vm: string, spec: Parameters<typeof startVm>[2] = {}): Promise<number> => {
      const taken = await startVm(bench, vm, spec);
      // A guest that boots would be in the way of the next.
      await deleteVm(bench, vm);
      return taken;
    };
    const blank = await started(`${name}-blank`, { image: undefined });
    return (await started(`${name}-linked`)) - blank;
  }),
};

export const linkedClone: Row = {
  name: 'Linked clone, 10 GiB to 1 GiB',
  unit: '',
  goal: '<= 1.10',
  about:
    'from apply until a linked clone of a VM that is off has Succeeded, all 10 GiB of its disk allocated, as a ratio to 1 GiB; taken in turns',
  measure: async (bench) => {
    const [large, small] = ['linked-10', 'linked-1'];
    await makeFilledVm(bench, large, '11Gi', allocated('10G'));
    await makeFilledVm(bench, small, '2Gi', allocated('1G'));
    const ratio = async (): Promise<number> =>
      (await linkedOnce(bench, large)) / (await linkedOnce(bench, small));
    const ratios = await repeated('linked', ratio)(bench);
    await deleteVm(bench, large, small);
    return ratios;
  },
};

/** Whoever copies it reads all of it. */
const allocated = (size: string): string =>
  `qemu-img create -q -f qcow2 -o preallocation=full ${FILLED} ${size}`;

/** Milliseconds until it has been made. Nothing is left of it. */
async function linkedOnce(bench: Bench, vm: string): Promise<number> {
  const taken = await clone(bench, vm, 'linked');
  await deleteVm(bench, `${vm}-clone`);
  await bench.scene.k('delete', 'vmop', `${vm}-clone`, '--timeout=60s');
  await bench.scene.waitFor('condition=InUse=False', `vm/${vm}`);
  return taken;
}

/** Milliseconds until it has been made. */
export function clone({ scene }: Bench, vm: string, mode: 'linked' | 'full'): Promise<number> {
  const { spec, ...operation } = operationOn(vm, 'clone');
  return timed(async () => {
    await scene.apply({ ...operation, spec: { ...spec, cloneSpec: { targetName: `${vm}-clone`, mode } } });
    await scene.waitFor('jsonpath={.status.phase}=Succeeded', `vmop/${vm}-clone`);
  });
}
