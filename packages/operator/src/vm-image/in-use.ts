import type { ConditionUpdate } from '@hypersdk/api';
import type { KubeObject } from '@hypersdk/kube';
import type { ObservedVmImage } from './observed.ts';

/** More names than this help nobody; kubectl lists them all. */
const SHOWN = 10;

export function namesOf(objects: readonly Pick<KubeObject, 'metadata'>[]): string {
  const names = objects.map(({ metadata }) => metadata.name).sort();
  const more = names.length - SHOWN;
  return names.slice(0, SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Who would miss the image. Disks that stand on it keep it. */
export function inUse({ users, dependents }: ObservedVmImage): ConditionUpdate {
  const said = [
    ...(users.length > 0 ? [`VMs that name it: ${namesOf(users)}`] : []),
    ...(dependents.length > 0 ? [`disks that stand on it: ${namesOf(dependents)}`] : []),
  ];
  if (said.length === 0) {
    return { type: 'InUse', status: 'False', reason: 'NotUsed', message: 'Nothing uses the image' };
  }
  const reason = dependents.length > 0 ? 'DisksStandOnIt' : 'VMsNameIt';
  return { type: 'InUse', status: 'True', reason, message: said.join('; ') };
}
