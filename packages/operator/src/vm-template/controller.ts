import { Finalizers } from '@hypersdk/api';
import { keyOf, type Result, type WorkQueue } from '@hypersdk/kube';
import { templateImageIn } from '../image/template-image.ts';
import { templateKeyOf, vmsOf } from '../image/templates.ts';
import { executeImageUser } from '../image/execute-user.ts';
import { planTemplate } from './plan.ts';
import type { Context } from '../context.ts';
import { onImageChange, onVmImageChange } from '../image/changes.ts';

export async function reconcileTemplate(context: Context, key: string, signal: AbortSignal): Promise<Result> {
  const { caches, own } = context;
  const template = own.templates.get(key);
  if (!template) return {};
  const image = templateImageIn(caches, template.metadata.namespace ?? '', template);
  const planned = planTemplate({ template, image, users: vmsOf(caches, template) }, new Date());
  const user = { object: template, own: own.templates, kind: 'VMTemplate', finalizer: Finalizers.vmTemplate };
  return { requeueAfter: await executeImageUser(context, user, planned, signal) };
}

export function enqueueTemplates(context: Context, queue: WorkQueue): void {
  const { caches } = context;
  caches.templates.subscribe(({ object }) => {
    queue.add(keyOf(object));
  });
  onImageChange(context, (user) => {
    if (user.kind === 'VMTemplate') queue.add(keyOf(user));
  });
  onVmImageChange(context, (user) => {
    if (user.kind === 'VMTemplate') queue.add(keyOf(user));
  });
  caches.virtualMachines.subscribe(({ type, object }) => {
    const key = templateKeyOf(object);
    // Only a VM that comes or goes changes a template's count.
    if (key !== undefined && type !== 'modified') queue.add(key);
  });
}
