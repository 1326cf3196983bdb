import { setTimeout as delay } from 'node:timers/promises';
import { BareQemu } from '../bare-qemu.ts';
import { argvOf, BOOT_LINE, bootVm, deleteVm, podUid } from '../machines.ts';
import { podPss, pss } from '../memory.ts';
import { repeated, type Bench, type Row } from '../row.ts';

/** Milliseconds after which caches have been filled and garbage collected. */
const SETTLING = 15_000;

export const overheadOfOne = overhead({ vms: 1, name: 'Launcher overhead, one VM', goal: '<= 60 MiB' });
export const overheadAtFive = overhead({
  vms: 5,
  name: 'Launcher overhead a VM, five on a node',
  goal: '<= 15 MiB',
});

function overhead({ vms, name, goal }: { vms: number; name: string; goal: string }): Row {
  return {
    name,
    unit: 'MiB',
    goal,
    about: `PSS of the containers of ${vms} VM pod(s) on one node, less that of as many plain QEMUs with the same guest, for each VM; guests' memory left out`,
    measure: repeated(`memory-${vms}`, (bench, name) => once(bench, vms, name)),
  };
}

async function once(bench: Bench, count: number, prefix: string): Promise<number> {
  const names = Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  for (const name of names) await bootVm(bench, name);
  await delay(SETTLING);
  const pods = await sum(names.map(async (name) => podPss(await podUid(bench, `${name}-1`))));
  const argv = await argvOf(bench, `${prefix}-0-1`);
  await deleteVm(bench, ...names);
  return (pods - (await bareMemory(bench, argv, count))) / count;
}

async function bareMemory(bench: Bench, argv: readonly string[], count: number): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const bare: BareQemu[] = [];
  while (bare.length < count) bare.push(stack.use(await BareQemu.boot(bench, argv, BOOT_LINE)));
  await delay(SETTLING);
  return await sum(bare.map(({ pid }) => pss(pid)));
}

async function sum(values: readonly Promise<number>[]): Promise<number> {
  return (await Promise.all(values)).reduce((total, value) => total + value, 0);
}
