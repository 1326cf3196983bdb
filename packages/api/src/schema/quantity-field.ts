import * as z from 'zod';
import { compareQuantities, isQuantity } from '../quantity.ts';
import { rules } from './rules.ts';

/**
 * A quantity as a string, checked by CEL and by zod alike. The length bound keeps the estimated cost of the rules
 * in lists within the API server's limit.
 */
export function quantityField(minimum: string, maximum: string) {
  const message = `must be a quantity from ${minimum} to ${maximum}, for example "4Gi"`;
  return z
    .string()
    .max(32)
    .refine((value) => isWithin(value, minimum, maximum), { error: message })
    .meta(
      rules({
        rule:
          `isQuantity(self) && quantity(self).compareTo(quantity('${minimum}')) >= 0` +
          ` && quantity(self).compareTo(quantity('${maximum}')) <= 0`,
        message,
      }),
    );
}

export const MemorySize = quantityField('16Mi', '16Ti');
export const DiskSize = quantityField('1Mi', '64Ti');

const CANNOT_SHRINK = 'a disk cannot shrink, only grow';

/**
 * Of an object with an old self: a disk's size only grows, by whichever of its two words it was said and is said. Bad
 * quantities are left to the field's own rule.
 */
export const sizeNeverShrinks = {
  rule:
    `!has(self.size) || !isQuantity(self.size)` +
    ` || (has(oldSelf.size) ? !isQuantity(oldSelf.size) || quantity(self.size).compareTo(quantity(oldSelf.size)) >= 0` +
    ` : !has(oldSelf.sizeGiB) || ${bytesOfSize('self')} >= ${bytesOfGibibytes('oldSelf')})`,
  message: CANNOT_SHRINK,
  fieldPath: '.size',
} as const;

export const gibibytesNeverShrink = {
  rule:
    `!has(self.sizeGiB) || (has(oldSelf.sizeGiB) ? self.sizeGiB >= oldSelf.sizeGiB` +
    ` : !has(oldSelf.size) || !isQuantity(oldSelf.size) || ${bytesOfGibibytes('self')} >= ${bytesOfSize('oldSelf')})`,
  message: CANNOT_SHRINK,
  fieldPath: '.sizeGiB',
} as const;

/** As numbers, in which all bytes of the largest disk are exact: a quantity made of a string costs more than a list may. */
function bytesOfSize(disk: string): string {
  return `quantity(${disk}.size).asApproximateFloat()`;
}

function bytesOfGibibytes(disk: string): string {
  return `double(${disk}.sizeGiB) * 1073741824.0`;
}

function isWithin(value: string, minimum: string, maximum: string): boolean {
  if (!isQuantity(value)) return false;
  return compareQuantities(value, minimum) >= 0 && compareQuantities(value, maximum) <= 0;
}
