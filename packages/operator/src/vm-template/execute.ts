import { Finalizers, type VMTemplate } from '@hypersdk/api';
import {
  keyOf,
  ownerReference,
  PersistentVolumeClaims,
  Pods,
  Secrets,
  type Pod,
  type Secret,
} from '@hypersdk/kube';
import { certify } from '../launchers/trust.ts';
import { unlessGone, unlessThere } from '../idempotent.ts';
import { certificateName } from '../virtual-machine/pod/epoch.ts';
import type { Effects } from '../virtual-machine/execute.ts';
import type { TemplateAction, TemplatePlan } from './actions.ts';
import { newsPatience } from './passing.ts';

/**
 * Status first: an attempt is counted before its pod is made, so that attempts are bounded whatever dies. Resolves
 * with the milliseconds after which it is to be written where it may wait.
 */
export async function executeTemplate(
  effects: Effects,
  template: VMTemplate,
  plan: TemplatePlan,
  signal: AbortSignal,
): Promise<number | undefined> {
  const own = effects.own.templates;
  const isNew = plan.actions.some(({ type }) => type === 'addFinalizer');
  const held = isNew ? await own.hold(template, Finalizers.vmTemplate, signal) : template;
  const wait = newsWait(effects, template, plan);
  const written = wait === undefined ? await own.writeStatus(held, plan.status, signal) : held;
  for (const action of plan.actions) await perform(effects, written, action, signal);
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

async function perform(
  { client, authorities, own }: Effects,
  template: VMTemplate,
  action: TemplateAction,
  signal: AbortSignal,
): Promise<void> {
  switch (action.type) {
    case 'addFinalizer':
      return;
    case 'removeFinalizer':
      await own.templates.release(template, Finalizers.vmTemplate, signal);
      return;
    case 'createClaim':
      await unlessThere(client.create(PersistentVolumeClaims, action.claim, { signal }));
      return;
    case 'createImporter': {
      const pod = await unlessThere(client.create(Pods, action.pod, { signal }));
      if (pod) await unlessThere(client.create(Secrets, await identity(authorities, pod), { signal }));
      return;
    }
    case 'deletePod':
      await unlessGone(client.delete(Pods, action.pod.metadata, { uid: action.pod.metadata.uid, signal }));
  }
}

/** By which the operator and the importer know each other. */
async function identity({ trust, now }: Effects['authorities'], pod: Pod): Promise<Secret> {
  const { certificate, privateKey } = await certify(trust, certificateName(pod), now);
  return {
    metadata: {
      name: pod.metadata.name,
      namespace: pod.metadata.namespace ?? '',
      labels: pod.metadata.labels ?? {},
      ownerReferences: [ownerReference({ apiVersion: 'v1', kind: 'Pod', ...pod })],
    },
    // An import is over long before its certificate.
    immutable: true,
    stringData: { 'tls.crt': certificate, 'tls.key': privateKey, 'ca.crt': trust.bundle },
  };
}
