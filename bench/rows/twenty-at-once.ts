import { argvOf, benchVm, bootVm, deleteVm, imageClaim } from '../machines.ts';
import { plainPod } from '../plain-pods.ts';
import type { Bench, Row } from '../row.ts';

const COUNT = 20;
/** On both nodes: one of the test cluster's has not the processors that so many ask for. */
const spec = { memory: '96Mi', nodeSelector: {} };
/** As the launcher makes a linked disk; the console's descriptor as the wrapper opens it. */
const RUN = 'qemu-img create -q -f qcow2 -F qcow2 -b "$0" /volumes/root/disk.qcow2 256M; exec "$@" 4>&1';

export const twentyAtOnce: Row = {
  name: '20 VMs at once',
  unit: '',
  goal: '<= 1.6',
  about:
    'from apply until all 20 are Running, as a ratio to 20 plain pods that run the same QEMU; taken in turns',
  measure: async (bench) => {
    await bootVm(bench, 'pattern');
    const argv = await argvOf(bench, 'pattern-1');
    await deleteVm(bench, 'pattern');
    const values: number[] = [];
    // Each takes minutes of a small machine.
    for (let i = 0; i < Math.max(1, Math.round(bench.n / 3)); i++) {
      values.push((await vms(bench, i)) / (await pods(bench, i, argv)));
    }
    return values;
  },
};

async function vms(bench: Bench, round: number): Promise<number> {
  const names = numbered(`many-${round}`);
  const manifests = names.map((name) => benchVm(bench, name, spec));
  const milliseconds = await untilRunning(
    bench,
    manifests,
    'condition=Running',
    names.map((name) => `vm/${name}`),
  );
  await deleteVm(bench, ...names);
  return milliseconds;
}

async function pods(bench: Bench, round: number, argv: readonly string[]): Promise<number> {
  const names = numbered(`plain-${round}`);
  const claim = imageClaim(argv);
  const command = ['sh', '-c', RUN, `/images/${claim}/image.qcow2`, ...argv];
  const manifests = names.map((name) => plainPod(bench, { name, command, imageClaim: claim }));
  const running = 'jsonpath={.status.phase}=Running';
  const milliseconds = await untilRunning(
    bench,
    manifests,
    running,
    names.map((name) => `pod/${name}`),
  );
  await bench.scene.k('delete', 'pod', ...names, '--timeout=120s');
  return milliseconds;
}

async function untilRunning(
  { scene }: Bench,
  manifests: readonly object[],
  what: string,
  resources: readonly string[],
): Promise<number> {
  const started = performance.now();
  await scene.apply(...manifests);
  // One by one, each with a time of its own: all twenty take minutes of a small machine.
  for (const resource of resources) await scene.k('wait', `--for=${what}`, resource, '--timeout=170s');
  return performance.now() - started;
}

function numbered(prefix: string): string[] {
  return Array.from({ length: COUNT }, (_, index) => `${prefix}-${index}`);
}
