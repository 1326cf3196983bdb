import { randomBytes } from 'node:crypto';
import type { GuestAgent } from 'qemu-monitor';
import { messageOf, TransientError } from '../problem.ts';
import { runInGuest } from './run-in-guest.ts';

/** Milliseconds: keys are made, by an emulated guest slowly. */
const LONGEST = 300_000;

/**
 * What the guest runs, with its hostname, its machine-id and random bytes, which its kernel mixes into its own (the VM
 * generation ID has had that seeded anew where it knows of it). SSH host keys are made anew of the kinds that were there.
 * systemd would take the machine-id from the SMBIOS UUID, of which the guest's memory still holds the source's.
 */
const SCRIPT = `
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
failed=0
printf %s "$3" >/dev/urandom
head -c 64 /dev/hwrng >/dev/urandom 2>/dev/null
hostnamectl set-hostname "$1" || { hostname "$1" && echo "$1" >/etc/hostname; } || failed=1
if [ -e /etc/machine-id ]; then
  echo "$2" >/etc/machine-id.new && chmod 444 /etc/machine-id.new && mv /etc/machine-id.new /etc/machine-id || failed=1
  [ -L /var/lib/dbus/machine-id ] || [ ! -e /var/lib/dbus/machine-id ] || cp /etc/machine-id /var/lib/dbus/machine-id
fi
changed=
for key in /etc/ssh/ssh_host_*_key; do
  [ -e "$key" ] || continue
  kind=\${key##*/ssh_host_}
  rm -f "$key" "$key.pub" && ssh-keygen -q -N '' -t "\${kind%_key}" -f "$key" </dev/null || failed=1
  changed=1
done
if [ -n "$changed" ] && command -v systemctl >/dev/null; then
  for unit in ssh sshd; do
    systemctl is-active --quiet "$unit" && systemctl restart "$unit"
  done
fi
exit $failed
`;

export interface GuestIdentity {
  readonly hostname: string;
  /** 32 hexadecimal digits. */
  readonly machineId: string;
}

/** Has a guest that goes on from another's memory become another. Throws TransientError where it could not. */
export async function renewGuest(
  agent: Pick<GuestAgent, 'execute'>,
  { hostname, machineId }: GuestIdentity,
  signal: AbortSignal,
): Promise<void> {
  const parameters = [hostname, machineId, randomBytes(32).toString('hex')];
  const what = 'take an identity of its own';
  try {
    await runInGuest(agent, { what, script: SCRIPT, parameters, timeout: LONGEST }, signal);
  } catch (error) {
    signal.throwIfAborted();
    const message = `The clone's guest has its source's hostname, machine-id and SSH keys still: ${messageOf(error)}. It is tried again.`;
    throw new TransientError({ reason: 'IdentityNotRenewed', message }, { cause: error });
  }
}
