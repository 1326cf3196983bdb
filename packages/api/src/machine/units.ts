import * as z from 'zod';

export const bytes = z.int().nonnegative();
export const time = z.iso.datetime();
