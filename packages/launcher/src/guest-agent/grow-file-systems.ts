import type { GuestAgent } from 'qemu-monitor';
import { runInGuest } from './run-in-guest.ts';

/** Milliseconds. Enlarging a file system online is a matter of seconds, on an emulated guest of many. */
const LONGEST = 120_000;

/**
 * What the guest runs, with a disk's serial and its size in sectors. It waits until the kernel has seen the size, and
 * enlarges what is mounted from that disk: a partition only where it is the last, which `growpart` sees to.
 */
const SCRIPT = `
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
for entry in /sys/class/block/*; do
  [ "$(cat "$entry/serial" 2>/dev/null)" = "$1" ] && disk=\${entry##*/}
done
[ -n "$disk" ] || exit 0
for _ in 1 2 3 4 5 6 7 8 9 10; do
  [ "$(cat "/sys/class/block/$disk/size")" -ge "$2" ] && break
  sleep 1
done
[ "$(cat "/sys/class/block/$disk/size")" -ge "$2" ] || { echo 'the kernel does not see the new size' >&2; exit 1; }
failed=0
while read -r device directory type _; do
  part=\${device#/dev/}
  if [ -e "/sys/class/block/$disk/$part/partition" ]; then
    growpart "/dev/$disk" "$(cat "/sys/class/block/$disk/$part/partition")"
    [ $? -le 1 ] || failed=1
  elif [ "$part" != "$disk" ]; then
    continue
  fi
  case $type in
    ext[234]) resize2fs "$device" || failed=1 ;;
    xfs) xfs_growfs "$directory" || failed=1 ;;
    btrfs) btrfs filesystem resize max "$directory" || failed=1 ;;
  esac
done </proc/mounts
exit $failed
`;

export interface GrownDisk {
  readonly serial: string;
  /** Bytes. */
  readonly size: number;
}

/** Has the guest take up a disk that has grown under it. Rejects with what the guest said where it could not. */
export async function growFileSystems(
  agent: Pick<GuestAgent, 'execute'>,
  { serial, size }: GrownDisk,
  signal: AbortSignal,
): Promise<void> {
  await runInGuest(
    agent,
    {
      ...{ what: 'enlarge its file systems', script: SCRIPT, timeout: LONGEST },
      parameters: [serial, String(Math.floor(size / 512))],
    },
    signal,
  );
}
