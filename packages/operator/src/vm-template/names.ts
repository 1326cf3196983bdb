import type { VMTemplate } from '@hypersdk/api';

/** The golden volume: imported once, then only ever read. */
export function imageClaimName(template: VMTemplate): string {
  return `${template.metadata.name}-image`;
}

/** Pod and Secret of one attempt to import. */
export function importName(template: VMTemplate, attempt: number): string {
  return `${template.metadata.name}-import-${attempt}`;
}
