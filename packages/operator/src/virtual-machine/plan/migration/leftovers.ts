import type { Pod } from '@hypersdk/kube';
import type { Observed } from '../../observed.ts';
import { epochOf } from '../../pod/epoch.ts';
import type { Action } from '../actions.ts';

/** What a migration has left behind: the pod and the claims that the guest has left, or those where it never came. */
export function leftovers({ vm, pods, claims, target }: Observed): Action[] {
  const { migration, epoch = 0 } = vm.status ?? {};
  if (!migration) return [];
  const { disks = [] } = migration;
  switch (migration.phase) {
    case 'Succeeded': {
      if (migration.epoch !== epoch) return [];
      const left = pods.filter((pod) => epochOf(pod) < epoch && !pod.metadata.deletionTimestamp);
      return [
        ...left.map((pod: Pod) => ({ type: 'deletePod', pod }) as const),
        ...dropped(disks.map(({ from }) => from)),
      ];
    }
    case 'Failed':
      return target ? [] : dropped(disks.map(({ to }) => to));
    default:
      return [];
  }

  function dropped(names: readonly string[]): Action[] {
    return names
      .flatMap((name) => claims.get(name) ?? [])
      .filter(({ metadata }) => !metadata.deletionTimestamp)
      .map((claim) => ({ type: 'deleteClaim', claim }));
  }
}
