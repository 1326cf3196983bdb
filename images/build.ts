import type { GuestImage } from './guests/guest-image.ts';
import { ensureTinyGuest } from './guests/tiny/image.ts';
import { ensureProductImage, type BuiltImage } from './product-image.ts';
import { launcher, operator } from './product.ts';

export type { BuiltImage } from './product-image.ts';
export type { GuestImage } from './guests/guest-image.ts';

export interface BuiltImages {
  readonly operator: BuiltImage;
  readonly launcher: BuiltImage;
  readonly guests: { readonly tiny: GuestImage };
}

export interface BuildOptions {
  /** Takes a line for each thing that has to be built. */
  readonly log?: (line: string) => void;
}

/** Builds what the cache does not hold yet of the images. */
export async function buildImages({ log = console.error }: BuildOptions = {}): Promise<BuiltImages> {
  const [operatorImage, launcherImage, tiny] = await Promise.all([
    ensureProductImage(operator, log),
    ensureProductImage(launcher, log),
    ensureTinyGuest(log),
  ]);
  return { operator: operatorImage, launcher: launcherImage, guests: { tiny } };
}
