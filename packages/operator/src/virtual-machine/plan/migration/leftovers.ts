import type { PersistentVolumeClaim, Pod } from '@hypersdk/kube';
import { areOwners, claimReference, withOwners } from '../../../ownership.ts';
import type { Observed } from '../../observed.ts';
import { epochOf } from '../../pod/epoch.ts';
import type { Action } from '../actions.ts';

/** What a migration has left behind: the pod and the claims that the guest has left, or those where it never came. */
export function leftovers({ vm, pods, claims, claimsAbove, target, snapshots }: Observed): Action[] {
  const { migration, epoch = 0 } = vm.status ?? {};
  if (!migration) return [];
  const { disks = [] } = migration;
  switch (migration.phase) {
    case 'Succeeded': {
      if (migration.epoch !== epoch) return [];
      const left = pods.filter((pod) => epochOf(pod) < epoch && !pod.metadata.deletionTimestamp);
      const own = snapshots.filter(({ status }) => status?.vmUid === vm.metadata.uid);
      const awaited = own.flatMap(({ status }) => status?.disks?.map(({ pvc }) => pvc) ?? []);
      return [
        ...left.map((pod: Pod) => ({ type: 'deletePod', pod }) as const),
        ...named(disks.map(({ from }) => from).filter((name) => !awaited.includes(name))).flatMap(given),
      ];
    }
    case 'Failed':
      return target ? [] : named(disks.map(({ to }) => to)).map(deleted);
    default:
      return [];
  }

  function named(names: readonly string[]): PersistentVolumeClaim[] {
    return names
      .flatMap((name) => claims.get(name) ?? [])
      .filter(({ metadata }) => !metadata.deletionTimestamp);
  }

  /** Linked clones stand on it still: it goes with the last of them. */
  function given(claim: PersistentVolumeClaim): Action[] {
    const above = claimsAbove.get(claim.metadata.name) ?? [];
    if (above.length === 0) return [deleted(claim)];
    const owners = withOwners(claim, above.map(claimReference)).filter(({ uid }) => uid !== vm.metadata.uid);
    return areOwners(owners, claim) ? [] : [{ type: 'ownClaim', claim, owners }];
  }
}

const deleted = (claim: PersistentVolumeClaim): Action => ({ type: 'deleteClaim', claim });
