import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aMachine, anObservation, aPod, aVirtualMachine, NOW } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { up, ready, check, running } from '../../testing/plan-table.ts';
import type { Plan } from './actions.ts';
import { plan } from './plan.ts';

describe('a guest that is paused', () => {
  const at = { since: NOW.toISOString(), by: 'pause' };
  const pausedVm = aVirtualMachine({
    status: { ...up, phase: 'Paused', power: { desired: 'Paused', ...at } },
  });
  const vm = aVirtualMachine({ status: up });
  const asked = (operation: 'pause' | 'resume' | 'reset', fromEpoch = 1) => [
    anOperation(operation, { status: { ...running, fromEpoch } }),
  ];
  const machineOf = ({ actions }: Plan) => {
    const [put] = actions;
    return put?.type === 'putMachine' ? put.machine : undefined;
  };
  const pods = [aPod(vm, 1)];
  const settled = aMachine(pausedVm, 1, { phase: 'Paused' }, { power: 'paused' });
  const full = { reason: 'NoSpace', message: 'Disk root cannot be written', disk: 'root' };
  check([
    {
      when: 'is handed the pause, and listened to until it stands',
      observed: anObservation({ vm, pods, operations: asked('pause'), machine: aMachine(vm, 1) }),
      actions: ['putMachine'],
      phase: 'Running',
      reason: 'Pausing',
      also: (planned) => {
        assert.equal(machineOf(planned)?.power, 'paused');
        assert.ok(planned.follow);
        assert.equal(planned.status.power?.desired, 'Paused');
      },
    },
    {
      when: 'is settled once it stands, also after the operation',
      observed: anObservation({ vm: pausedVm, pods, machine: settled }),
      actions: [],
      phase: 'Paused',
      reason: 'Paused',
      also: (planned) => {
        assert.equal(ready(planned).status, 'True');
        assert.equal(planned.follow, undefined);
      },
    },
    {
      when: 'is handed a resume with its uid',
      observed: anObservation({ vm: pausedVm, pods, operations: asked('resume'), machine: settled }),
      actions: ['putMachine'],
      phase: 'Paused',
      reason: 'Resuming',
      also: (planned) => {
        const machine = machineOf(planned);
        assert.deepEqual([machine?.power, machine?.request], ['on', { id: 'op-resume', type: 'resume' }]);
      },
    },
    {
      when: 'runs in the next pod, which nobody paused',
      observed: anObservation({ vm: pausedVm }),
      actions: ['createPod web-2'],
      phase: 'Creating',
      reason: 'CreatingPod',
    },
    {
      when: 'by a full disk is stalled and names it',
      observed: anObservation({ vm, pods, machine: aMachine(vm, 1, { phase: 'Paused', problem: full }) }),
      actions: [],
      phase: 'Paused',
      reason: 'NoSpace',
      also: ({ status }) => {
        assert.equal(status.conditions?.find(({ type }) => type === 'DiskReady')?.reason, 'NoSpace');
        assert.equal(status.conditions.find(({ type }) => type === 'Stalled')?.status, 'True');
      },
    },
    {
      when: 'by a disk that is full still says so after a resume',
      observed: anObservation({
        ...{ vm, pods, operations: asked('resume') },
        machine: aMachine(
          vm,
          1,
          { phase: 'Paused', problem: full, lastRequest: 'op-resume' },
          { request: { id: 'op-resume', type: 'resume' } },
        ),
      }),
      actions: [],
      phase: 'Paused',
      reason: 'NoSpace',
    },
    {
      when: 'or not, is listened to until a reset is done',
      observed: anObservation({
        ...{ vm, pods, operations: asked('reset') },
        machine: aMachine(vm, 1, {}, { request: { id: 'op-reset', type: 'reset' } }),
      }),
      actions: [],
      phase: 'Running',
      reason: 'Running',
      also: ({ follow }) => {
        assert.ok(follow);
      },
    },
    {
      when: 'or not, is spared a reset that was meant for the guest before it',
      observed: anObservation({ vm, pods, operations: asked('reset', 0), machine: aMachine(vm, 1) }),
      actions: [],
      phase: 'Running',
      reason: 'Running',
    },
  ]);
  it('is told of once for each reboot of its own', () => {
    const reboots = { count: 1, lastTime: NOW.toISOString() };
    const machine = aMachine(vm, 1, { reboots });
    const first = plan(anObservation({ vm, pods, machine }), NOW);
    assert.deepEqual(
      first.events.map(({ reason }) => reason),
      ['GuestRebooted'],
    );
    const told = aVirtualMachine({ status: first.status });
    assert.deepEqual(plan(anObservation({ vm: told, pods, machine }), NOW).events, []);
  });
});
