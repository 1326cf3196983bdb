import {
  isTemplateFeature,
  TEMPLATE_FEATURES,
  type EffectiveSpec,
  type TemplateFeature,
} from '@hypersdk/api';
import type { Observed } from '../observed.ts';
import type { Outcome } from '../status/outcome.ts';

type Problem = Pick<Outcome, 'phase' | 'reason' | 'message' | 'progress'>;

/** What a VM without the feature has to change; undefined for one that has it. Whether a node has KVM is `kvmProblem`'s. */
const lacks: Readonly<Record<TemplateFeature, (spec: EffectiveSpec) => string | undefined>> = {
  kvm: ({ acceleration }) =>
    acceleration === 'kvm' ? undefined : 'set spec.acceleration to kvm, or leave it out',
  uefi: ({ firmware }) =>
    firmware?.bootloader === 'uefi' ? undefined : 'set spec.firmware.bootloader to uefi',
  'secure-boot': ({ firmware }) =>
    firmware?.secureBoot
      ? undefined
      : 'set spec.firmware.bootloader to uefi and spec.firmware.secureBoot to true',
  tpm: ({ firmware }) => (firmware?.tpm ? undefined : 'set spec.firmware.tpm to true'),
  'guest-agent': ({ guestAgent }) =>
    guestAgent?.enabled === false ? 'set spec.guestAgent.enabled to true' : undefined,
  'cloud-init': ({ cloudInit }) => (cloudInit ? undefined : 'set spec.cloudInit'),
};

/** Why a VM cannot start from what its template requires, or undefined when it can. */
export function featureProblem({ spec, template }: Observed): Problem | undefined {
  for (const feature of template?.spec.requiredFeatures ?? []) {
    const requires = `VMTemplate ${template?.metadata.namespace ?? ''}/${template?.metadata.name ?? ''} requires ${feature}`;
    if (!isTemplateFeature(feature)) {
      const known = TEMPLATE_FEATURES.join(', ');
      return stalled('UnknownFeature', `${requires}, which this version does not know: it knows ${known}`);
    }
    const remedy = lacks[feature](spec);
    if (remedy !== undefined) return stalled('RequiredFeatureMissing', `${requires}: ${remedy}`);
  }
  return undefined;
}

function stalled(reason: string, message: string): Problem {
  return { phase: 'Pending', reason, message, progress: 'stalled' };
}
