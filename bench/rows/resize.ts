import { BareQemu } from '../bare-qemu.ts';
import { argvOf, benchVm, BOOT_LINE, bootVm, deleteVm } from '../machines.ts';
import { rawProcessor } from '../raw-qmp.ts';
import { repeated, timed, type Row } from '../row.ts';

export const resizeLatency: Row = {
  name: 'Processor added to a running guest, added time',
  unit: 'ms',
  goal: '-',
  about:
    "from apply of cpus: 2 until the VM's status says that the guest has them, its pod raised in place first, less device_add on plain QEMU; taken in turns",
  measure: repeated('resize', async (bench, name) => {
    const { scene } = bench;
    await bootVm(bench, name);
    const argv = await argvOf(bench, `${name}-1`);
    const ours = await timed(async () => {
      await scene.apply(benchVm(bench, name, { cpus: 2 }));
      await scene.waitFor('jsonpath={.status.resources.cpu}=2', `vm/${name}`);
    });
    await deleteVm(bench, name);
    await using bare = await BareQemu.boot(bench, argv, BOOT_LINE);
    return ours - (await rawProcessor(bare));
  }),
};
