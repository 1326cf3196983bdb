/** What a template's plan may ask for. */
import type { VMTemplateStatus } from '@hypersdk/api';
import type { PersistentVolumeClaim, Pod } from '@hypersdk/kube';

export type TemplateAction =
  | { readonly type: 'addFinalizer' }
  | { readonly type: 'removeFinalizer' }
  | { readonly type: 'createClaim'; readonly claim: PersistentVolumeClaim }
  | { readonly type: 'createImporter'; readonly pod: Pod }
  | { readonly type: 'deletePod'; readonly pod: Pod };

export interface TemplatePlan {
  readonly actions: readonly TemplateAction[];
  readonly status: VMTemplateStatus;
  readonly event?: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string };
  /** Milliseconds. */
  readonly requeueAfter?: number;
}
