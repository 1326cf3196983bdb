import { ensureTinyGuest } from '@hypersdk/images/tiny';

/** The disk image of the tiny guest; TINY_DISK names one that is there already. */
export async function tinyGuest(): Promise<string> {
  return process.env['TINY_DISK'] ?? (await ensureTinyGuest()).file;
}
