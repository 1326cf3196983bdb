/** Guests that are switched on, and what is asked of them and said of them. */
import { findCondition, type VirtualMachineManifest, type VMOperationManifest } from '@hypersdk/api';
import { consoleLine } from './guest-console.ts';
import { operationOn, tinyTemplate, tinyVm } from './manifests.ts';
import { getVm, type Scene } from './scene.ts';

type Spec = Partial<VirtualMachineManifest['spec']>;
type Operation = VMOperationManifest['spec'];

/** Starts a VM; the name of its pod, once its guest has booted and obeys. */
export async function booted(scene: Scene, name: string, spec: Spec): Promise<string> {
  await scene.apply(tinyTemplate(), tinyVm(name, spec));
  await guestTicks(scene, name, `${name}-1`);
  return `${name}-1`;
}

export async function guestTicks(scene: Scene, name: string, pod: string): Promise<void> {
  await scene.waitFor('condition=Running', `vm/${name}`);
  await consoleLine(scene, pod, /^tick 3 /);
}

export async function operate(
  scene: Scene,
  vm: string,
  name: Operation['operation'],
  more = {},
): Promise<void> {
  const operation = operationOn(vm, name);
  await scene.apply({ ...operation, spec: { ...operation.spec, ...more } });
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', `vmop/${vm}-${name}`);
}

export async function ready(scene: Scene, name: string): Promise<(string | undefined)[]> {
  const { status } = await getVm(scene, name);
  const condition = findCondition(status?.conditions, 'Ready');
  return [status?.phase, condition?.status, condition?.reason];
}

export const phase = (value: string): string => `jsonpath={.status.phase}=${value}`;
export const reason = (value: string): string =>
  `jsonpath={.status.conditions[?(@.type=="Ready")].reason}=${value}`;
