/** What to do about one VMTemplate: import its image once into a golden volume. Pure. */
import { Finalizers } from '@hypersdk/api';
import type { PersistentVolumeClaim, Pod } from '@hypersdk/kube';
import { isBindingAwaited } from '../volume-binding.ts';
import type { TemplateAction, TemplatePlan } from './actions.ts';
import { goldenClaim } from './golden-claim.ts';
import { importerPod } from './importer-pod.ts';
import { importEnd } from './import-end.ts';
import { imageClaimName } from './names.ts';
import type { ObservedTemplate } from './observed.ts';
import { announceable, templateStatus, type Told } from './status.ts';

const PROGRESS_MS = 1000;
const MAX_ATTEMPTS = 5;
const FIRST_RETRY_MS = 10_000;

export function planTemplate(observed: ObservedTemplate, now: Date): TemplatePlan {
  const { template } = observed;
  if (template.metadata.deletionTimestamp) return planDeletion(observed, now);
  const planned = planImport(observed, now);
  const isHeld = template.metadata.finalizers?.includes(Finalizers.vmTemplate);
  return isHeld ? planned : { ...planned, actions: [{ type: 'addFinalizer' }, ...planned.actions] };
}

/** Linked disks stand on the golden volume, so the template stays until the last of them is gone. */
function planDeletion(observed: ObservedTemplate, now: Date): TemplatePlan {
  const dependents = dependentsOf(observed);
  if (dependents.length === 0)
    return { actions: [{ type: 'removeFinalizer' }], status: observed.template.status ?? {} };
  const names = dependents.map(({ metadata }) => metadata.name).join(', ');
  const message = `Disks of these VMs stand on the image: ${names}. Delete them, and the template goes`;
  return told(
    observed,
    { phase: observed.template.status?.phase ?? 'Ready', reason: 'InUse', message, isStalled: true },
    now,
  );
}

function dependentsOf({ template, users }: ObservedTemplate): ObservedTemplate['users'] {
  const file = `/${imageClaimName(template)}/`;
  return users.filter(({ status }) =>
    status?.disks?.some(({ chain }) => chain?.some((path) => path.includes(file))),
  );
}

function planImport(observed: ObservedTemplate, now: Date): TemplatePlan {
  const { template, claim } = observed;
  const source = template.spec.image.source;
  if (!source.http && !source.containerDisk) {
    const kind = Object.keys(source)[0] ?? 'source';
    const message = `image.source.${kind} is not implemented in this version: use image.source.http or containerDisk`;
    return told(observed, { phase: 'Failed', reason: 'NotImplemented', message, isStalled: true }, now);
  }
  if (template.status?.phase === 'Ready') return claim ? planReady(observed, now) : planLost(observed, now);
  return planAttempt(observed, now);
}

function planReady(observed: ObservedTemplate, now: Date): TemplatePlan {
  const planned = told(
    observed,
    { phase: 'Ready', reason: 'Imported', message: 'The image is imported' },
    now,
  );
  return { ...planned, actions: observed.pods.map((pod) => ({ type: 'deletePod', pod })) };
}

/** A second import might bring other bytes, which would break every disk that stands on the first. */
function planLost(observed: ObservedTemplate, now: Date): TemplatePlan {
  if (dependentsOf(observed).length === 0) return planAttempt(observed, now);
  const message = `Claim ${imageClaimName(observed.template)} is gone, and disks stand on it: restore it`;
  return told(observed, { phase: 'Failed', reason: 'ClaimLost', message, isStalled: true }, now);
}

function planAttempt(observed: ObservedTemplate, now: Date): TemplatePlan {
  const { template, claim, pods, progress } = observed;
  const pod = pods.find(({ metadata }) => !metadata.deletionTimestamp);
  if (!pod) return pods.length > 0 ? waiting(observed, now) : begin(observed, claim, now);
  const end = importEnd(pod);
  switch (end.type) {
    case 'running':
      return { ...told(observed, importing(progress), now), requeueAfter: PROGRESS_MS };
    case 'succeeded':
      return told(
        observed,
        { phase: 'Ready', reason: 'Imported', message: 'The image is imported', result: end.result },
        now,
      );
    case 'failed':
      return retry(observed, pod, end, template.status?.attempts ?? 1, now);
  }
}

function waiting(observed: ObservedTemplate, now: Date): TemplatePlan {
  return told(
    observed,
    { phase: 'Importing', reason: 'Retrying', message: 'The last attempt is being cleared away' },
    now,
  );
}

function begin(
  observed: ObservedTemplate,
  claim: PersistentVolumeClaim | undefined,
  now: Date,
): TemplatePlan {
  const wanted = goldenClaim(observed);
  const claims: TemplateAction[] = claim ? [] : [{ type: 'createClaim', claim: wanted }];
  if (isBindingAwaited(claim ?? wanted, observed.storageClasses)) {
    const message = `Waiting for the volume of claim ${wanted.metadata.name}`;
    const planned = told(observed, { phase: 'Importing', reason: 'WaitingForVolume', message }, now);
    return { ...planned, actions: claims };
  }
  const attempt = (observed.template.status?.attempts ?? 0) + 1;
  const planned = told(
    observed,
    { phase: 'Importing', reason: 'Importing', message: 'The import begins', attempts: attempt },
    now,
  );
  const pod = importerPod(observed, attempt);
  return { ...planned, actions: [...claims, { type: 'createImporter', pod }] };
}

function importing(progress: ObservedTemplate['progress']): Told {
  const done = progress?.progress;
  const doing =
    { Downloading: 'downloaded', Verifying: 'verified', Converting: 'converted' }[
      progress?.phase as string
    ] ?? 'imported';
  const percent = done === undefined ? '' : `: ${done} %`;
  return {
    phase: 'Importing',
    reason: 'Importing',
    message: `The image is being ${doing}${percent}`,
    ...(done !== undefined && { progress: done }),
  };
}

/** The pod stays until the next attempt's time: its log says more than its message. */
function retry(
  observed: ObservedTemplate,
  pod: Pod,
  end: { reason: string; message: string; time: string },
  attempts: number,
  now: Date,
): TemplatePlan {
  if (attempts >= MAX_ATTEMPTS) {
    const message = `${end.message} (after ${attempts} attempts; delete pod ${pod.metadata.name} to try again)`;
    return told(observed, { phase: 'Failed', reason: end.reason, message, isStalled: true }, now);
  }
  const due = Date.parse(end.time) + FIRST_RETRY_MS * 2 ** (attempts - 1) - now.getTime();
  const planned = told(
    observed,
    { phase: 'Failed', reason: end.reason, message: `${end.message}; it is tried again` },
    now,
  );
  return due > 0 ? { ...planned, requeueAfter: due } : { ...planned, actions: [{ type: 'deletePod', pod }] };
}

function told(observed: ObservedTemplate, what: Told, now: Date): TemplatePlan {
  const status = templateStatus(observed, what, now);
  return { actions: [], status, ...announceable(observed.template, what) };
}
