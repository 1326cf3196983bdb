import type { ConditionUpdate, VirtualMachineStatus } from '@hypersdk/api';
import type { Update } from '../../condition-update.ts';
import type { Observed } from '../observed.ts';
import { fileSystemCondition, growthCondition } from './growth.ts';
import { agentConnected } from './guest-agent.ts';
import type { Outcome } from './outcome.ts';
import { draining } from './draining.ts';
import { migratable } from './migratable.ts';
import { reconfiguring } from './resize.ts';
import { belowRecommended } from './recommended.ts';
import { sharesIdentity } from './shares-identity.ts';
import { unsupportedFields } from './unsupported.ts';

/** Ready, Reconciling and Stalled as kstatus reads them, so that `kubectl wait`, Flux and Argo CD understand a VM. */
export function conditionsOf(
  observed: Observed,
  outcome: Outcome,
  status: VirtualMachineStatus,
  now: Date,
): ConditionUpdate[] {
  const { vm } = observed;
  const updates = [
    ready(outcome),
    condition('Provisioning', outcome.phase === 'Pending' || outcome.phase === 'Creating', outcome),
    condition('Running', outcome.phase === 'Running' || outcome.phase === 'Migrating', outcome),
    condition('Reconciling', outcome.progress === 'progressing', outcome),
    condition('Stalled', outcome.progress === 'stalled', outcome),
    disks(observed, outcome, status),
    networks(outcome),
    restartRequired(status),
    ...mobility(observed, status, now),
    ...reconfiguring(observed, outcome, status),
    ...agentConnected(observed, status),
    ...sharesIdentity(observed, outcome),
    ...belowRecommended(observed),
    ...inUse(observed),
    ...unsupported(observed),
  ];
  return updates.map((update) => ({
    ...update,
    ...(vm.metadata.generation !== undefined && { observedGeneration: vm.metadata.generation }),
  }));
}

/** Whether it could go, and whether it has to. */
function mobility(observed: Observed, status: VirtualMachineStatus, now: Date): Update[] {
  const update = migratable(observed, status);
  const obstacle = update.status === 'True' ? undefined : update.message;
  return [update, ...draining(observed, status, obstacle, now)];
}

function ready(outcome: Outcome): Update {
  return condition('Ready', outcome.progress === 'done', outcome);
}

function condition(type: string, holds: boolean, { phase, reason, message }: Outcome): Update {
  return {
    type,
    status: phase === 'Unknown' && type === 'Running' ? 'Unknown' : holds ? 'True' : 'False',
    reason,
    message,
  };
}

function disks(observed: Observed, { diskProblem, phase }: Outcome, status: VirtualMachineStatus): Update {
  if (diskProblem) return { type: 'DiskReady', status: 'False', ...diskProblem };
  const growth = growthCondition(observed, status.disks);
  if (growth) return growth;
  const notGrown = fileSystemCondition(status.disks);
  if (notGrown) return notGrown;
  const made =
    (status.disks ?? []).length > 0 && status.disks?.every(({ progress }) => progress === undefined);
  if (made || phase === 'Running' || phase === 'Migrating')
    return { type: 'DiskReady', status: 'True', reason: 'DisksReady', message: 'All disks are ready' };
  return {
    type: 'DiskReady',
    status: 'False',
    reason: 'DisksPending',
    message: 'The disks have not been made yet',
  };
}

function networks({ networkProblem, phase }: Outcome): Update {
  if (networkProblem) return { type: 'NetworkReady', status: 'False', ...networkProblem };
  const isUp = phase === 'Running' || phase === 'Migrating' || phase === 'Paused';
  if (isUp)
    return {
      type: 'NetworkReady',
      status: 'True',
      reason: 'NetworksReady',
      message: 'All networks are connected',
    };
  return {
    type: 'NetworkReady',
    status: 'False',
    reason: 'GuestNotRunning',
    message: 'The guest is not running',
  };
}

/** A guest that is off needs none: the next start is one. */
function restartRequired({ restartAwaitingChanges = [], podName }: VirtualMachineStatus): Update {
  const fields = restartAwaitingChanges.map(({ field }) => field).join(', ');
  if (fields === '' || podName === undefined)
    return {
      type: 'RestartRequired',
      status: 'False',
      reason: 'UpToDate',
      message: 'The guest has all of spec',
    };
  return {
    type: 'RestartRequired',
    status: 'True',
    reason: 'ChangesPending',
    message: `Restart the VM to apply: ${fields}`,
  };
}

function inUse({ vm, linkedClones }: Observed): Update[] {
  const type = 'InUse';
  if (linkedClones.length > 0) {
    const message = `Linked clones stand on its disks: ${linkedClones.join(', ')}`;
    return [{ type, status: 'True', reason: 'LinkedClones', message }];
  }
  const wasSaid = vm.status?.conditions?.some((condition) => condition.type === type);
  const message = 'Nothing stands on its disks';
  return wasSaid ? [{ type, status: 'False', reason: 'NotInUse', message }] : [];
}

function unsupported({ vm, spec }: Observed): Update[] {
  const fields = unsupportedFields(spec);
  if (fields.length > 0) {
    const message = `Not implemented in this version, without effect: ${fields.join(', ')}`;
    return [{ type: 'FieldsIgnored', status: 'True', reason: 'NotImplemented', message }];
  }
  const wasSaid = vm.status?.conditions?.some(({ type }) => type === 'FieldsIgnored');
  return wasSaid
    ? [
        {
          type: 'FieldsIgnored',
          status: 'False',
          reason: 'AllImplemented',
          message: 'Every field has its effect',
        },
      ]
    : [];
}
