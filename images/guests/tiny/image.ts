import { ensureGuest, type Guest, type GuestImage } from '../guest-image.ts';

/** A guest that boots in seconds; `init` beside this says what it prints and obeys on its console. */
export const tiny: Guest = {
  name: 'tiny',
  directory: import.meta.dirname,
  sources: ['Containerfile', 'build-disk', 'dhcp-event', 'init'],
  kept: 5,
};

export async function ensureTinyGuest(log: (line: string) => void = console.error): Promise<GuestImage> {
  return ensureGuest(tiny, log);
}

if (import.meta.main) console.log((await ensureTinyGuest()).file);
