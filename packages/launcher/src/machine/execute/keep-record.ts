/** What a launcher that comes after this one must know. */
import type { MachineDisk, MachineExit, MachineNetwork } from '@hypersdk/api/machine';
import type { Action } from '../plan/action.ts';
import { type Machine, updateRecord } from '../machine.ts';

/** Before QEMU has it: whatever of it a crash leaves must be found again. */
export async function recordPlugged(machine: Machine, disk: string): Promise<void> {
  const { plugged = [] } = machine.record;
  if (plugged.includes(disk)) return;
  await updateRecord(machine, { ...machine.record, plugged: [...plugged, disk] });
}

/** Before QEMU makes the disk larger: the guest is to hear of it whoever dies then. */
export async function recordGrowth(machine: Machine, { name, size }: MachineDisk): Promise<void> {
  const { spec, record } = machine;
  if (!spec.guestAgent?.growFileSystems || record.fileSystemsDue?.[name] === size) return;
  await updateRecord(machine, { ...record, fileSystemsDue: { ...record.fileSystemsDue, [name]: size } });
}

/** Unless the disk has grown again meanwhile. */
export async function recordEnlarged(
  machine: Machine,
  { name, size }: Extract<Action, { type: 'record-enlarged' }>,
): Promise<void> {
  const { [name]: due, ...fileSystemsDue } = machine.record.fileSystemsDue ?? {};
  if (due === size) await updateRecord(machine, { ...machine.record, fileSystemsDue });
  machine.enlarged.delete(name);
}

export async function recordNetwork(machine: Machine, network: MachineNetwork): Promise<void> {
  const others = (machine.record.pluggedNetworks ?? []).filter(({ name }) => name !== network.name);
  const pluggedNetworks = [...others, network];
  if (JSON.stringify(pluggedNetworks) === JSON.stringify(machine.record.pluggedNetworks)) return;
  await updateRecord(machine, { ...machine.record, pluggedNetworks });
}

export async function recordReboots(
  machine: Machine,
  { count, lastTime }: Extract<Action, { type: 'record-reboots' }>,
): Promise<void> {
  const { newReboots, record } = machine;
  const reboots = { count: (record.reboots?.count ?? 0) + count, lastTime };
  await updateRecord(machine, { ...record, reboots });
  // One more may have come in the meantime.
  const left = (newReboots?.count ?? 0) - count;
  machine.newReboots = left > 0 && newReboots ? { ...newReboots, count: left } : undefined;
}

export async function recordExit(machine: Machine, exit: Omit<MachineExit, 'time'>): Promise<void> {
  if (machine.record.exit) return;
  const { reason, message } = exit;
  const time = new Date().toISOString();
  await updateRecord(machine, { ...machine.record, exit: { reason, time, ...(message && { message }) } });
  machine.log.info({ reason, message }, 'machine ends');
}
