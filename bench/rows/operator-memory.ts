import { setTimeout as delay } from 'node:timers/promises';
import { kubectl } from '../../test/e2e/stage/kubectl.ts';
import { benchVm } from '../machines.ts';
import { podPss } from '../memory.ts';
import type { Row } from '../row.ts';

const COUNT = 500;
const LOOKS = 10;

export const operatorMemory: Row = {
  name: 'Operator memory a VM',
  unit: 'KiB',
  goal: '<= 25 KiB',
  about: `PSS of the operator with ${COUNT} halted VMs, less that without them, for each VM; the least of ${LOOKS} looks each`,
  measure: async (bench) => {
    const before = await leastPss();
    const names = Array.from({ length: COUNT }, (_, index) => `halted-${index}`);
    await bench.scene.apply(...names.map((name) => benchVm(bench, name, { running: false })));
    await bench.scene.k('wait', '--for=condition=Ready', 'vm', '--all', '--timeout=170s');
    const slope = ((await leastPss()) - before) / COUNT;
    await bench.scene.k('delete', 'vm', '--all', '--timeout=170s');
    return [slope * 1024];
  },
};

/** Between two collections of garbage memory only grows. */
async function leastPss(): Promise<number> {
  const uid = await kubectl([
    ...['get', 'pods', '--namespace', 'hypersdk-system'],
    '--output=jsonpath={.items[0].metadata.uid}',
  ]);
  const looks: number[] = [];
  while (looks.length < LOOKS) {
    looks.push(await podPss(uid));
    await delay(3_000);
  }
  return Math.min(...looks);
}
