import { renewGuest } from '../../guest-agent/renew-guest.ts';
import { podNetwork } from '../../qemu/network/pod-network.ts';
import { renewNetwork } from '../../qemu/network/renew-network.ts';
import type { RenewJob } from '../plan/action.ts';
import { command } from './command.ts';
import { type Machine, updateRecord } from '../machine.ts';

/** Makes the guest of a clone another than its source's. Whoever dies over it leaves it to be done again. */
export function renew(machine: Machine, job: RenewJob, signal: AbortSignal): Promise<void> {
  return job.type === 'renew-network' ? network(machine, job) : guest(machine, job, signal);
}

async function network(machine: Machine, job: Extract<RenewJob, { type: 'renew-network' }>): Promise<void> {
  const pod = await podNetwork({ networks: machine.record.launch?.spec.networks ?? [] });
  if (!(await command(machine, (client) => renewNetwork(client, { ...job, pod })))) return;
  const { renewedNetworks = [] } = machine.record;
  const renewed = new Set([...renewedNetworks, job.network.name]);
  await updateRecord(machine, { ...machine.record, renewedNetworks: [...renewed] });
  machine.guest.lookAgain();
}

async function guest(
  machine: Machine,
  { hostname, uuid }: Extract<RenewJob, { type: 'renew-guest' }>,
  signal: AbortSignal,
): Promise<void> {
  const { agent } = machine.guest;
  if (!agent) return;
  await renewGuest(agent, { hostname, machineId: uuid.replaceAll('-', '') }, signal);
  machine.log.info({ hostname }, 'the guest has an identity of its own');
  await updateRecord(machine, { ...machine.record, renewedGuest: true });
  machine.guest.lookAgain();
}
