/** The guest counts seconds on its console: a gap or a fresh start shows. */
import assert from 'node:assert/strict';
import type { VirtualMachineManifest } from '@hypersdk/api';
import { execa } from 'execa';
import { consoleLine } from './guest-console.ts';
import { tinyTemplate, tinyVm } from './manifests.ts';
import type { Scene } from './scene.ts';

/** The numbers that the guest has counted so far. A guest that was started anew would count from 1 again. */
export async function ticks(scene: Scene, pod: string): Promise<number[]> {
  return ticksIn(await scene.k('logs', pod, '--container', 'qemu'));
}

export const ticksIn = (log: string): number[] =>
  [...log.matchAll(/^tick (\d+) /gm)].map(([, n]) => Number(n));

/** All that the guest says in this pod, once that has ended. */
export async function listen({ namespace }: Scene, pod: string): Promise<string> {
  const logs = ['logs', '--follow', pod, '--container', 'qemu'];
  const options = { reject: false, timeout: 300_000 } as const;
  const { stdout } = await execa('kubectl', ['--namespace', namespace, ...logs], options);
  return stdout;
}

export async function countsOn(scene: Scene, pod: string): Promise<void> {
  const before = await ticks(scene, pod);
  await consoleLine(scene, pod, new RegExp(`^tick ${(before.at(-1) ?? 0) + 2} `));
  const counted = await ticks(scene, pod);
  assert.deepEqual(
    counted,
    counted.map((_, index) => index + 1),
  );
}

/** Starts a VM; the name of its pod, once its guest counts. */
export async function counting(
  scene: Scene,
  name: string,
  spec: Partial<VirtualMachineManifest['spec']> = {},
): Promise<string> {
  await scene.apply(tinyTemplate(), tinyVm(name, { running: true, ...spec }));
  await scene.waitFor('condition=Running', `vm/${name}`);
  await consoleLine(scene, `${name}-1`, /^tick 2 /);
  return `${name}-1`;
}
