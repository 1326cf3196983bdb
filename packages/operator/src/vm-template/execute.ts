import { Finalizers, type VMTemplate } from '@hypersdk/api';
import { keyOf } from '@hypersdk/kube';
import type { Effects } from '../virtual-machine/execute.ts';
import { newsPatience } from '../image/passing.ts';
import type { TemplatePlan } from './plan.ts';

/** Resolves with the milliseconds after which the status is to be written where it may wait. */
export async function executeTemplate(
  effects: Effects,
  template: VMTemplate,
  plan: TemplatePlan,
  signal: AbortSignal,
): Promise<number | undefined> {
  const own = effects.own.templates;
  const isNew = plan.finalizer === 'add';
  const held = isNew ? await own.hold(template, Finalizers.vmTemplate, signal) : template;
  const wait = newsWait(effects, template, plan);
  const written = wait === undefined ? await own.writeStatus(held, plan.status, signal) : held;
  if (plan.finalizer === 'remove') await own.release(written, Finalizers.vmTemplate, signal);
  if (plan.event) effects.recorder.event(template, plan.event.type, plan.event.reason, plan.event.message);
  return wait;
}

function newsWait({ passingNews }: Effects, template: VMTemplate, plan: TemplatePlan): number | undefined {
  const key = `VMTemplate ${keyOf(template)}`;
  const patience = newsPatience(template.status, plan.status);
  if (patience !== undefined) return passingNews.wait(key, patience, new Date());
  passingNews.forget(key);
  return undefined;
}
