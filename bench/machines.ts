/** VMs for the bench: small, on one node, with a network that QEMU on the host can have, too. */
import { operationOn, tinyVm } from '../test/e2e/stage/manifests.ts';
import { consoleLine } from '../test/e2e/stage/guest-console.ts';
import { GUEST_MIB } from './memory.ts';
import { timed, type Bench } from './row.ts';

export const BOOT_LINE = /GUEST-UP/;

type Manifest = ReturnType<typeof tinyVm>;

export function benchVm({ node }: Bench, name: string, spec: Partial<Manifest['spec']> = {}): Manifest {
  return tinyVm(name, {
    running: true,
    memory: `${GUEST_MIB}Mi`,
    networks: [{ name: 'default', type: 'pod-network', binding: 'user' }],
    nodeSelector: { 'kubernetes.io/hostname': node },
    ...spec,
  });
}

/** Applies a VM and resolves with the milliseconds to its guest's boot line, as the node's log dates it. */
export async function bootVm(bench: Bench, name: string): Promise<number> {
  const { scene } = bench;
  const applied = Date.now();
  await scene.apply(benchVm(bench, name));
  await scene.waitFor('condition=Running', `vm/${name}`);
  await consoleLine(scene, `${name}-1`, BOOT_LINE);
  return (await lineTime(bench, `${name}-1`, BOOT_LINE)) - applied;
}

/** Milliseconds from apply until it is Running. */
export function startVm(bench: Bench, name: string, spec: Partial<Manifest['spec']> = {}): Promise<number> {
  return timed(async () => {
    await bench.scene.apply(benchVm(bench, name, spec));
    await bench.scene.waitFor('condition=Running', `vm/${name}`);
  });
}

export async function stopVm({ scene }: Bench, vm: string): Promise<void> {
  const operation = operationOn(vm, 'stop');
  await scene.apply({ ...operation, spec: { ...operation.spec, force: true } });
  await scene.waitFor('jsonpath={.status.phase}=Stopped', `vm/${vm}`);
}

/** When the runtime read the line, in milliseconds since 1970. */
export async function lineTime({ scene }: Bench, pod: string, pattern: RegExp): Promise<number> {
  const log = await scene.k('logs', pod, '--timestamps');
  const line = log.split('\n').find((text) => pattern.test(text));
  if (line === undefined) throw new Error(`${pod} has not said ${String(pattern)}`);
  return Date.parse(line.split(' ', 1)[0] ?? '');
}

export async function deleteVm({ scene }: Bench, ...names: string[]): Promise<void> {
  await scene.k('delete', 'vm', ...names, '--cascade=foreground', '--timeout=170s');
}

/** What the pod's QEMU was started with. */
export async function argvOf({ scene }: Bench, pod: string): Promise<string[]> {
  const argv = await scene.k('exec', pod, '--container', 'launcher', '--', 'cat', '/run/hypersdk/argv');
  return argv.split('\0').filter(Boolean);
}

/** The claim that holds the image below a VM's disk, which is mounted under its name. */
export function imageClaim(argv: readonly string[]): string {
  const [, claim] = /\/images\/([^/]+)\//.exec(argv.join(' ')) ?? [];
  if (claim === undefined) throw new Error('QEMU was started with no image below its disk');
  return claim;
}

export async function podUid({ scene }: Bench, pod: string): Promise<string> {
  return scene.k('get', 'pod', pod, '--output=jsonpath={.metadata.uid}');
}
