import { ensureGuest, type Guest, type GuestImage } from '../guest-image.ts';

/** A cloud guest with systemd, cloud-init, the QEMU guest agent and sshd; its user is `debian`. */
export const debian: Guest = {
  name: 'debian',
  directory: import.meta.dirname,
  sources: [
    'Containerfile',
    'build-disk',
    'cloud.cfg',
    'dpkg.cfg',
    'fstab',
    'grub.cfg',
    'init',
    'syslinux.cfg',
  ],
  kept: 2,
};

export async function ensureDebianGuest(log: (line: string) => void = console.error): Promise<GuestImage> {
  return ensureGuest(debian, log);
}

if (import.meta.main) console.log((await ensureDebianGuest()).file);
