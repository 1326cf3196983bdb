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

/** Of an object with an old self: a disk's size only grows. Bad quantities are left to the field's own rule. */
export const sizeNeverShrinks = {
  rule:
    `!has(self.size) || !has(oldSelf.size) || !isQuantity(self.size) || !isQuantity(oldSelf.size)` +
    ` || quantity(self.size).compareTo(quantity(oldSelf.size)) >= 0`,
  message: 'a disk cannot shrink',
  fieldPath: '.size',
} as const;

export const gibibytesNeverShrink = {
  rule: '!has(self.sizeGiB) || !has(oldSelf.sizeGiB) || self.sizeGiB >= oldSelf.sizeGiB',
  message: sizeNeverShrinks.message,
  fieldPath: '.sizeGiB',
} as const;

function isWithin(value: string, minimum: string, maximum: string): boolean {
  if (!isQuantity(value)) return false;
  return compareQuantities(value, minimum) >= 0 && compareQuantities(value, maximum) <= 0;
}
