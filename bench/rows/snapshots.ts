import { operationOn } from '../../test/e2e/stage/manifests.ts';
import { BareQemu } from '../bare-qemu.ts';
import { argvOf, BOOT_LINE, bootVm, deleteVm } from '../machines.ts';
import { startPause } from '../plain-pods.ts';
import { rawLoad, rawSave, rawSnapshot } from '../raw-qmp.ts';
import { repeated, timed, type Bench, type Row } from '../row.ts';

export const snapshotPause: Row = {
  name: 'Snapshot of a running guest, pause',
  unit: 'ms',
  goal: '<= 20 ms',
  about: 'for which QEMU stood still over the disks of a VM, as its VMSnapshot says',
  measure: repeated('pause', async (bench, name) => {
    await bootVm(bench, name);
    await snapshot(bench, name, false);
    const pause = await bench.scene.k('get', 'vmsnap', name, '--output=jsonpath={.status.pauseMilliseconds}');
    await remove(bench, name);
    return Number(pause);
  }),
};

export const snapshotTotal: Row = {
  name: 'Snapshot of a running guest, added time',
  unit: 'ms',
  goal: '-',
  about:
    'from apply until a VMSnapshot without memory is Ready, less qemu-img create, blockdev-add and blockdev-snapshot on plain QEMU; taken in turns',
  measure: repeated('total', async (bench, name) => {
    const { ours, raw } = await besideRaw(bench, name, false, (bare) => rawSnapshot(bench, bare));
    return ours - raw;
  }),
};

export const memorySave: Row = {
  name: 'Memory of a running guest saved',
  unit: '',
  goal: '-',
  about:
    'from apply until a VMSnapshot with memory is Ready / migrate to a file and cont on plain QEMU with the same guest; taken in turns',
  measure: repeated('save', async (bench, name) => {
    const { ours, raw } = await besideRaw(bench, name, true, rawSave);
    return ours / raw;
  }),
};

export const memoryLoad: Row = {
  name: 'Suspended guest goes on',
  unit: '',
  goal: '-',
  about:
    "(from apply of operation start until it has Succeeded, less a plain pod's start on that node) / from the start of a plain QEMU until the same memory is loaded and the guest runs; taken in turns",
  measure: repeated('load', async (bench, name) => {
    await bootVm(bench, name);
    const argv = await argvOf(bench, `${name}-1`);
    await operate(bench, name, 'suspend');
    const pause = await startPause(bench, `${name}-pause`);
    const ours = await operate(bench, name, 'start');
    await deleteVm(bench, name);
    await using source = await BareQemu.boot(bench, argv, BOOT_LINE);
    await rawSave(source);
    await using bare = await BareQemu.awaitGuest(bench, argv);
    return (ours - pause) / (await rawLoad(bare, source.path('memory')));
  }),
};

/** Milliseconds of a snapshot of a VM, and of what is done to a plain QEMU with the same guest. */
async function besideRaw(
  bench: Bench,
  name: string,
  includeMemory: boolean,
  rawly: (bare: BareQemu) => Promise<number>,
): Promise<{ readonly ours: number; readonly raw: number }> {
  await bootVm(bench, name);
  const ours = await snapshot(bench, name, includeMemory);
  await using bare = await BareQemu.boot(bench, await argvOf(bench, `${name}-1`), BOOT_LINE);
  const raw = await rawly(bare);
  await remove(bench, name);
  return { ours, raw };
}

/** Milliseconds until it is Ready; it has the VM's name. */
function snapshot({ scene }: Bench, vm: string, includeMemory: boolean): Promise<number> {
  const type = { apiVersion: 'hypersdk.io/v1alpha1', kind: 'VMSnapshot' };
  return timed(async () => {
    await scene.apply({ ...type, metadata: { name: vm }, spec: { vmRef: { name: vm }, includeMemory } });
    await scene.waitFor('condition=Ready', `vmsnap/${vm}`);
  });
}

/** Milliseconds until it has Succeeded. */
function operate({ scene }: Bench, vm: string, operation: 'suspend' | 'start'): Promise<number> {
  return timed(async () => {
    await scene.apply(operationOn(vm, operation));
    await scene.waitFor('jsonpath={.status.phase}=Succeeded', `vmop/${vm}-${operation}`);
  });
}

async function remove(bench: Bench, name: string): Promise<void> {
  await deleteVm(bench, name);
  await bench.scene.k('delete', 'vmsnap', name, '--timeout=60s');
}
