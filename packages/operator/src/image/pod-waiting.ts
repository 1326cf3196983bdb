import type { Pod } from '@hypersdk/kube';
import { secretOf, type ImageWish } from './wish.ts';

/** What keeps an import pod from running, in Kubernetes' words where it has any. */
export function podWaiting(pod: Pod | undefined, wish: ImageWish): string {
  const name = pod?.metadata.name ?? '';
  const scheduled = pod?.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False')
    return `No node takes the import pod ${name}: ${scheduled.message ?? ''}`;
  const waiting = pod?.status?.containerStatuses?.[0]?.state?.waiting;
  if (waiting?.message) return `The import pod ${name} waits: ${waiting.message}`;
  const secret = secretOf(wish);
  // The kubelet tells of a Secret that is not there by an event only.
  const needs = secret === undefined ? '' : `; it needs Secret ${secret} of its namespace`;
  return `The import pod ${name} is starting${needs}`;
}
