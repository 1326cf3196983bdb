import { keyOf, type KubeObject } from '@hypersdk/kube';
import type { OwnObjects } from '../own-objects.ts';
import { newsPatience, type ImportStatus } from './passing.ts';
import type { ImageUserPlan } from './told-status.ts';
import type { Effects } from '../context.ts';

/** A VMTemplate or VMImage, and what it is held and written by. */
export interface OwnedImageUser<T extends KubeObject & { status?: ImportStatus | undefined }> {
  readonly object: T;
  readonly own: OwnObjects<T>;
  readonly kind: string;
  readonly finalizer: string;
}

/** Resolves with the milliseconds after which the status is to be written where it may wait. */
export async function executeImageUser<T extends KubeObject & { status?: ImportStatus | undefined }>(
  effects: Pick<Effects, 'passingNews' | 'recorder'>,
  user: OwnedImageUser<T>,
  plan: ImageUserPlan<NonNullable<T['status']>>,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { object, own, finalizer } = user;
  const held = plan.finalizer === 'add' ? await own.hold(object, finalizer, signal) : object;
  const wait = newsWait(effects, user, plan.status);
  const written = wait === undefined ? await own.writeStatus(held, plan.status, signal) : held;
  if (plan.finalizer === 'remove') await own.release(written, finalizer, signal);
  if (plan.event) effects.recorder.event(object, plan.event.type, plan.event.reason, plan.event.message);
  return wait;
}

function newsWait(
  { passingNews }: Pick<Effects, 'passingNews'>,
  { kind, object }: { kind: string; object: KubeObject & { status?: ImportStatus | undefined } },
  status: ImportStatus,
): number | undefined {
  const key = `${kind} ${keyOf(object)}`;
  const patience = newsPatience(object.status, status);
  if (patience !== undefined) return passingNews.wait(key, patience, new Date());
  passingNews.forget(key);
  return undefined;
}
