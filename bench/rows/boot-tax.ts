import { BareQemu } from '../bare-qemu.ts';
import { argvOf, BOOT_LINE, bootVm, deleteVm } from '../machines.ts';
import { startPause } from '../plain-pods.ts';
import { repeated, type Bench, type Row } from '../row.ts';

export const bootTax: Row = {
  name: 'Boot tax',
  unit: '',
  goal: '<= 1.10',
  about:
    "(from apply to the guest's boot line, less a plain pod's start on that node) / plain QEMU with the same arguments to that line; taken in turns",
  measure: repeated('boot', once),
};

async function once(bench: Bench, name: string): Promise<number> {
  const pause = await startPause(bench, `${name}-pause`);
  const vm = await bootVm(bench, name);
  const argv = await argvOf(bench, `${name}-1`);
  await deleteVm(bench, name);
  await using bare = await BareQemu.boot(bench, argv, BOOT_LINE);
  return (vm - pause) / bare.bootMilliseconds;
}
