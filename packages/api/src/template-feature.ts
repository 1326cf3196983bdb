/** What a template may require of its VMs; `VMTemplate.spec.requiredFeatures` names them. */
export const TEMPLATE_FEATURES = ['kvm', 'uefi', 'secure-boot', 'tpm', 'guest-agent', 'cloud-init'] as const;

export type TemplateFeature = (typeof TEMPLATE_FEATURES)[number];

export function isTemplateFeature(name: string): name is TemplateFeature {
  return TEMPLATE_FEATURES.some((feature) => feature === name);
}
