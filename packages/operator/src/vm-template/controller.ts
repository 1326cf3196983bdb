import type { ImportState, VMTemplate } from '@hypersdk/api';
import { Labels } from '@hypersdk/api';
import type { WorkQueue } from '@hypersdk/kube';
import { keyOf, type KubeObject, type Pod, type Result } from '@hypersdk/kube';
import type { VirtualMachineContext } from '../virtual-machine/controller.ts';
import { certificateName } from '../virtual-machine/pod/epoch.ts';
import { earliest } from '../earliest.ts';
import { executeTemplate } from './execute.ts';
import { imageClaimName } from './names.ts';
import type { ObservedTemplate } from './observed.ts';
import { planTemplate } from './plan.ts';

export async function reconcileTemplate(
  context: VirtualMachineContext,
  key: string,
  signal: AbortSignal,
): Promise<Result> {
  const template = context.own.templates.get(key);
  if (!template) return {};
  const observed = await observe(context, template, signal);
  const planned = planTemplate(observed, new Date());
  const wait = await executeTemplate(context, template, planned, signal);
  return { requeueAfter: earliest(planned.requeueAfter, wait) };
}

export function enqueueTemplates({ caches }: VirtualMachineContext, queue: WorkQueue): void {
  caches.templates.subscribe(({ object }) => {
    queue.add(keyOf(object));
  });
  const addTemplateOf = ({ object: { metadata } }: { object: KubeObject }): void => {
    const name = metadata.labels?.[Labels.template];
    if (name) queue.add(`${metadata.namespace ?? ''}/${name}`);
  };
  caches.pods.subscribe(addTemplateOf);
  caches.claims.subscribe(addTemplateOf);
  caches.virtualMachines.subscribe(({ type, object }) => {
    const reference = object.spec.image?.templateRef;
    // Only a VM that comes or goes changes a template's count.
    if (reference && type !== 'modified')
      queue.add(`${reference.namespace ?? object.metadata.namespace ?? ''}/${reference.name}`);
  });
}

async function observe(
  context: VirtualMachineContext,
  template: VMTemplate,
  signal: AbortSignal,
): Promise<ObservedTemplate> {
  const { caches, config } = context;
  const pods = caches.pods.byIndex('owner', template.metadata.uid ?? '');
  return {
    template,
    claim: caches.claims.get(`${template.metadata.namespace ?? ''}/${imageClaimName(template)}`),
    pods,
    users: caches.virtualMachines.byIndex('template', keyOf(template)),
    progress: await progressOf(context, pods, signal),
    storageClasses: caches.storageClasses.list(),
    config,
  };
}

/** Missing progress is no failure: the pod's end says how the import went. */
async function progressOf(
  { launchers }: VirtualMachineContext,
  pods: readonly Pod[],
  signal: AbortSignal,
): Promise<ImportState | undefined> {
  const pod = pods.find(({ status, metadata }) => status?.phase === 'Running' && !metadata.deletionTimestamp);
  if (!pod?.status?.podIP) return undefined;
  try {
    return await launchers.import({ host: pod.status.podIP, certificateName: certificateName(pod) }, signal);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
