/** What the guest agent says, in the VM's status. */
import {
  formatBytes,
  type GuestInterface,
  type MachineGuestAgent,
  type VirtualMachineStatus,
} from '@hypersdk/api';
import type { Update } from '../../condition-update.ts';
import type { Observed } from '../observed.ts';
import { hasGuestAgent } from '../pod/machine-spec.ts';
import type { Outcome } from './outcome.ts';

type GuestAgent = NonNullable<VirtualMachineStatus['guestAgent']>;
type NetworkStatus = NonNullable<VirtualMachineStatus['networks']>[number];

/** A launcher that has just started does not know yet; what was known of the same pod stands until it does. */
export function guestAgent({ pod, machine }: Outcome, before: VirtualMachineStatus): GuestAgent | undefined {
  if (machine?.guestAgent) return told(machine.guestAgent);
  return pod && pod.metadata.name === before.podName ? before.guestAgent : undefined;
}

function told({ connection, version, hostname, os, fileSystems }: MachineGuestAgent): GuestAgent {
  return {
    connected: connection === 'Connected',
    ...{ version, hostname, os },
    fileSystems: fileSystems?.map(({ mountPoint, type, size, usedPercent }) => ({
      ...{ mountPoint, type, usedPercent },
      size: size === undefined ? undefined : formatBytes(size),
    })),
  };
}

/** What the guest has on a network, which it has by its MAC address. */
export function guestSide(
  { name, macAddress }: Pick<NetworkStatus, 'name' | 'macAddress'>,
  { pod, machine }: Outcome,
  before: VirtualMachineStatus,
): Pick<NetworkStatus, 'interfaceName' | 'guestAddresses'> {
  if (!machine?.guestAgent?.interfaces) {
    const known = before.networks?.find((network) => network.name === name);
    const isSame = pod && pod.metadata.name === before.podName && !machine?.guestAgent;
    return isSame ? { interfaceName: known?.interfaceName, guestAddresses: known?.guestAddresses } : {};
  }
  const found = machine.guestAgent.interfaces.find(({ mac }) => mac === macAddress?.toLowerCase());
  return found ? sideOf(found) : {};
}

const sideOf = ({ name, addresses }: GuestInterface) => ({ interfaceName: name, guestAddresses: addresses });

export function agentConnected(
  { spec, vm }: Observed,
  { guestAgent: agent, phase }: VirtualMachineStatus,
): Update[] {
  const type = 'AgentConnected';
  if (!hasGuestAgent(spec)) {
    const wasSaid = vm.status?.conditions?.some((condition) => condition.type === type);
    const message = 'spec.guestAgent.enabled is false';
    return wasSaid ? [{ type, status: 'False', reason: 'Disabled', message }] : [];
  }
  if (phase === 'Unknown') {
    return [{ type, status: 'Unknown', reason: 'GuestUnknown', message: 'It is not known how the guest is' }];
  }
  if (!agent) {
    return [{ type, status: 'False', reason: 'GuestNotRunning', message: 'The guest is not running' }];
  }
  if (agent.connected) {
    return [{ type, status: 'True', reason: 'Connected', message: 'The guest agent answers' }];
  }
  const isKnown = agent.version !== undefined;
  const message = isKnown
    ? 'The guest agent answered before and does not now; see whether it runs in the guest'
    : 'No guest agent answers; install and start qemu-guest-agent in the guest to see more of it here';
  return [{ type, status: 'False', reason: isKnown ? 'Disconnected' : 'NotConnected', message }];
}
