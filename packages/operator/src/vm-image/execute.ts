import { Finalizers, type VMImage } from '@hypersdk/api';
import { keyOf } from '@hypersdk/kube';
import { newsPatience } from '../image/passing.ts';
import type { Effects } from '../virtual-machine/execute.ts';
import type { VmImagePlan } from './plan.ts';

/** Resolves with the milliseconds after which the status is to be written where it may wait. */
export async function executeVmImage(
  effects: Effects,
  vmImage: VMImage,
  plan: VmImagePlan,
  signal: AbortSignal,
): Promise<number | undefined> {
  const own = effects.own.vmImages;
  const isNew = plan.finalizer === 'add';
  const held = isNew ? await own.hold(vmImage, Finalizers.vmImage, signal) : vmImage;
  const wait = newsWait(effects, vmImage, plan);
  const written = wait === undefined ? await own.writeStatus(held, plan.status, signal) : held;
  if (plan.finalizer === 'remove') await own.release(written, Finalizers.vmImage, signal);
  if (plan.event) effects.recorder.event(vmImage, plan.event.type, plan.event.reason, plan.event.message);
  return wait;
}

function newsWait({ passingNews }: Effects, vmImage: VMImage, plan: VmImagePlan): number | undefined {
  const key = `VMImage ${keyOf(vmImage)}`;
  const patience = newsPatience(vmImage.status, plan.status);
  if (patience !== undefined) return passingNews.wait(key, patience, new Date());
  passingNews.forget(key);
  return undefined;
}
