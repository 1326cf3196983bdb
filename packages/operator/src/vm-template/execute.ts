import { Finalizers, type VMTemplate } from '@hypersdk/api';
import {
  addFinalizer,
  ownerReference,
  PersistentVolumeClaims,
  Pods,
  removeFinalizer,
  Secrets,
  type Client,
  type Pod,
  type Secret,
} from '@hypersdk/kube';
import { isSameJson } from '../same-json.ts';
import { issue, type KeyPair } from '../launchers/authority.ts';
import { unlessGone, unlessThere } from '../idempotent.ts';
import { VMTemplates } from '../resources.ts';
import { certificateName } from '../virtual-machine/epoch.ts';
import type { Effects } from '../virtual-machine/execute.ts';
import type { TemplateAction, TemplatePlan } from './plan.ts';

/** Status first: an attempt is counted before its pod is made, so that attempts are bounded whatever dies. */
export async function executeTemplate(
  effects: Effects,
  template: VMTemplate,
  plan: TemplatePlan,
  signal: AbortSignal,
): Promise<void> {
  const { client, recorder } = effects;
  const held = plan.actions.some(({ type }) => type === 'addFinalizer')
    ? await patchFinalizers(client, addFinalizer(template, Finalizers.vmTemplate), signal)
    : template;
  if (!isSameJson(held.status, plan.status)) {
    await unlessGone(client.replaceStatus(VMTemplates, { ...held, status: plan.status }, { signal }));
  }
  for (const action of plan.actions) await perform(effects, held, action, signal);
  if (plan.event) recorder.event(template, plan.event.type, plan.event.reason, plan.event.message);
}

async function perform(
  { client, authority }: Effects,
  template: VMTemplate,
  action: TemplateAction,
  signal: AbortSignal,
): Promise<void> {
  switch (action.type) {
    case 'addFinalizer':
      return;
    case 'removeFinalizer':
      await unlessGone(patchFinalizers(client, removeFinalizer(template, Finalizers.vmTemplate), signal));
      return;
    case 'createClaim':
      await unlessThere(client.create(PersistentVolumeClaims, action.claim, { signal }));
      return;
    case 'createImporter': {
      const pod = await unlessThere(client.create(Pods, action.pod, { signal }));
      if (pod) await unlessThere(client.create(Secrets, await identity(authority, pod), { signal }));
      return;
    }
    case 'deletePod':
      await unlessGone(client.delete(Pods, action.pod.metadata, { uid: action.pod.metadata.uid, signal }));
  }
}

function patchFinalizers(client: Client, { metadata }: VMTemplate, signal: AbortSignal): Promise<VMTemplate> {
  const { finalizers = [], resourceVersion } = metadata;
  const patch = { metadata: { finalizers, ...(resourceVersion !== undefined && { resourceVersion }) } };
  return client.mergePatch(VMTemplates, metadata, patch, { signal });
}

/** By which the operator and the importer know each other. */
async function identity(authority: KeyPair, pod: Pod): Promise<Secret> {
  const { certificate, privateKey } = await issue(authority, certificateName(pod));
  return {
    metadata: {
      name: pod.metadata.name,
      namespace: pod.metadata.namespace ?? '',
      labels: pod.metadata.labels ?? {},
      ownerReferences: [ownerReference({ apiVersion: 'v1', kind: 'Pod', ...pod })],
    },
    immutable: true,
    stringData: { 'tls.crt': certificate, 'tls.key': privateKey, 'ca.crt': authority.certificate },
  };
}
