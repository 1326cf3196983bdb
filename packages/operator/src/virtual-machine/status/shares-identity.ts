import type { MachineState } from '@hypersdk/api';
import type { Update } from '../../condition-update.ts';
import type { Observed } from '../observed.ts';
import type { Outcome } from './outcome.ts';

const type = 'SharesIdentity';
const OWN = { reason: 'OwnIdentity', message: 'The guest has nothing that another VM is known by' };

/** Of a clone with memory, until its guest has become another than its source's. */
export function sharesIdentity(
  { vm }: Pick<Observed, 'vm'>,
  { machine }: Pick<Outcome, 'machine'>,
): Update[] {
  if (!machine) return [];
  const shared = sharedOf(machine);
  if (shared) return [{ type, status: 'True', ...shared }];
  const wasSaid = vm.status?.conditions?.some((condition) => condition.type === type);
  return machine.inherited || wasSaid ? [{ type, status: 'False', ...OWN }] : [];
}

/** Whether something is done about it now. */
export function isBeingRenewed({ inherited, guestAgent }: MachineState): boolean {
  if (!inherited) return false;
  return inherited.networks.length > 0 || (inherited.guest && guestAgent?.connection === 'Connected');
}

function sharedOf({ inherited, problem }: MachineState) {
  const { networks, guest } = inherited ?? { networks: [], guest: false };
  if (networks.length > 0) {
    const message = `The guest gets its own MAC address on: ${networks.join(', ')}`;
    return { reason: 'ExchangingInterfaces', message };
  }
  if (!guest) return undefined;
  if (problem?.reason === 'IdentityNotRenewed') return { reason: problem.reason, message: problem.message };
  const message =
    "The guest has its source's hostname, machine-id and SSH host keys until its agent answers, or it reboots";
  return { reason: 'WaitingForGuest', message };
}
