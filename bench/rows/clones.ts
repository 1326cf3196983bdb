import { execa } from 'execa';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianTemplate, operationOn } from '../../test/e2e/stage/manifests.ts';
import { benchVm, deleteVm } from '../machines.ts';
import { startPause } from '../plain-pods.ts';
import { repeated, timed, type Bench, type Row } from '../row.ts';

export const linkedDisk: Row = {
  name: 'Linked disk, added time',
  unit: 'ms',
  goal: '<= 300 ms',
  about:
    'from apply until a VM with a linked disk is Running, less the same with a blank disk; taken in turns',
  measure: repeated('linked-disk', async (bench, name) => {
    const linked = await start(bench, `${name}-linked`);
    const blank = await start(bench, `${name}-blank`, { image: undefined });
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
      await start(bench, vm, { disks: [{ name: 'root', size }] });
      await stop(bench, vm);
    }
    const ratio = (await clone(bench, large, 'linked')) / (await clone(bench, small, 'linked'));
    await deleteVm(bench, `${large}-clone`, `${small}-clone`);
    for (const vm of [large, small]) await bench.scene.waitFor('condition=InUse=False', `vm/${vm}`);
    await deleteVm(bench, large, small);
    return ratio;
  }),
};

export const fullClone: Row = {
  name: 'Full clone',
  unit: '',
  goal: '<= 1.20',
  about:
    "(from apply until a full clone of a Debian VM that is off has Succeeded, less a plain pod's start) / qemu-img convert of the same image; taken in turns",
  measure: repeated('full', async (bench, name) => {
    await bench.scene.apply(debianTemplate());
    await bench.scene.waitFor('condition=Ready', 'vmt/debian');
    const image = { templateRef: { name: 'debian' } };
    const disks = [{ name: 'root', size: '4Gi' }];
    await start(bench, name, { image, disks });
    await stop(bench, name);
    const pause = await startPause(bench, `${name}-pause`);
    const cloned = await clone(bench, name, 'full');
    await deleteVm(bench, `${name}-clone`, name);
    return (cloned - pause) / (await convert(bench));
  }),
};

type Spec = Parameters<typeof benchVm>[2];

/** Milliseconds until it is Running. */
function start(bench: Bench, name: string, spec: Spec = {}): Promise<number> {
  return timed(async () => {
    await bench.scene.apply(benchVm(bench, name, spec));
    await bench.scene.waitFor('condition=Running', `vm/${name}`);
  });
}

async function stop({ scene }: Bench, vm: string): Promise<void> {
  const operation = operationOn(vm, 'stop');
  await scene.apply({ ...operation, spec: { ...operation.spec, force: true } });
  await scene.waitFor('jsonpath={.status.phase}=Stopped', `vm/${vm}`);
}

function clone({ scene }: Bench, vm: string, mode: 'linked' | 'full'): Promise<number> {
  const { spec, ...operation } = operationOn(vm, 'clone');
  return timed(async () => {
    await scene.apply({ ...operation, spec: { ...spec, cloneSpec: { targetName: `${vm}-clone`, mode } } });
    await scene.waitFor('jsonpath={.status.phase}=Succeeded', `vmop/${vm}-clone`);
  });
}

/** Milliseconds that a copy of what an import has made of the image takes on the host. */
async function convert({ largeImage, qemuDirectory }: Bench): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-convert-'));
  const copy = (from: string, to: string) =>
    execa(join(qemuDirectory, 'qemu-img'), ['convert', '-O', 'qcow2', from, join(directory, to)]);
  try {
    await copy(largeImage, 'imported.qcow2');
    return await timed(() => copy(join(directory, 'imported.qcow2'), 'copy.qcow2'));
  } finally {
    await rm(directory, { recursive: true });
  }
}
