import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findCondition, type MachineGuestAgent, type VirtualMachine } from '@hypersdk/api';
import { aMachine, anObservation, aPod, aVirtualMachine, NOW } from '../../testing/machines.ts';
import { plan } from '../plan/plan.ts';

const MAC = '52:54:00:AB:CD:EF';
const spec = { networks: [{ name: 'default', type: 'pod-network' as const, macAddress: MAC }] };
const answering: MachineGuestAgent = {
  ...{ connection: 'Connected', version: '10.0.2', hostname: 'web', os: 'Debian GNU/Linux 13 (trixie)' },
  interfaces: [{ name: 'enp1s0', mac: MAC.toLowerCase(), addresses: ['10.0.2.2/24'] }],
  fileSystems: [{ mountPoint: '/', type: 'ext4', size: 1 << 30, usedPercent: 41 }],
};

/** The status of a VM that runs, when its launcher says this of the agent. */
function told(vm: VirtualMachine, guestAgent: MachineGuestAgent | undefined) {
  const machine = aMachine(vm, 1, guestAgent && { guestAgent });
  const { status } = plan(anObservation({ vm, pods: [aPod(vm, 1)], machine }), NOW);
  const condition = findCondition(status.conditions, 'AgentConnected');
  return { status, condition };
}

const aVm = (
  changes: Partial<VirtualMachine['spec']> = {},
  status: VirtualMachine['status'] = { epoch: 1 },
) => aVirtualMachine({ spec: { ...spec, ...changes }, status });

describe('the status of a VM whose guest agent answers', () => {
  it('says what the agent says, and keeps to the address by which the VM is reached', () => {
    const { status, condition } = told(aVm(), answering);
    assert.deepEqual(status.guestAgent, {
      ...{ connected: true, version: '10.0.2', hostname: 'web', os: 'Debian GNU/Linux 13 (trixie)' },
      fileSystems: [{ mountPoint: '/', type: 'ext4', size: '1Gi', usedPercent: 41 }],
    });
    assert.deepEqual([condition?.status, condition?.reason], ['True', 'Connected']);
    assert.deepEqual(status.ipAddresses, ['10.0.0.7']);
    const [network] = status.networks ?? [];
    assert.deepEqual(network?.ipAddresses, ['10.0.0.7']);
    assert.deepEqual([network.interfaceName, network.guestAddresses], ['enp1s0', ['10.0.2.2/24']]);
  });

  it('stays while a launcher that has just started does not know yet', () => {
    const { status: before } = told(aVm(), answering);
    const { status } = told(aVm({}, before), undefined);
    assert.deepEqual(status, before);
  });

  it('keeps to what was said when the agent is gone, and says that it is', () => {
    const { status: before } = told(aVm(), answering);
    const { status, condition } = told(aVm({}, before), { ...answering, connection: 'NotConnected' });
    assert.deepEqual([condition?.status, condition?.reason], ['False', 'Disconnected']);
    assert.deepEqual([status.guestAgent?.connected, status.guestAgent?.hostname], [false, 'web']);
    assert.equal(status.phase, 'Running');
    assert.deepEqual(status.networks, before.networks);
  });
});

describe('the condition AgentConnected', () => {
  it('says what to do where no agent has come', () => {
    const { condition } = told(aVm(), { connection: 'NotConnected' });
    assert.equal(condition?.reason, 'NotConnected');
    assert.match(condition.message, /qemu-guest-agent/);
  });

  it('is not there for a VM without the channel, unless it was', () => {
    const disabled = { guestAgent: { enabled: false, requiredForReadiness: false, growFileSystems: true } };
    assert.equal(told(aVm(disabled), undefined).condition, undefined);
    const { status: before } = told(aVm(), answering);
    const { status, condition } = told(aVm(disabled, { ...before, podName: 'web-0' }), undefined);
    assert.equal(condition?.reason, 'Disabled');
    assert.equal(status.guestAgent, undefined);
  });

  it('is False with the guest off', () => {
    const vm = aVm({ running: false }, { ...told(aVm(), answering).status });
    const { status } = plan(anObservation({ vm }), NOW);
    assert.equal(findCondition(status.conditions, 'AgentConnected')?.reason, 'GuestNotRunning');
    assert.equal(status.guestAgent, undefined);
  });
});
