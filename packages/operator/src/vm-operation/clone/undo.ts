/** How a clone that is not to be made any more leaves nothing behind. */
import { dropWorkers } from '../drop-workers.ts';
import type { Undoing } from '../kind.ts';
import { copierEnd } from './copier-end.ts';
import { isMadeBy } from './made-by.ts';
import type { ObservedClone } from './observed.ts';

type Left = Pick<ObservedClone, 'operation' | 'copier' | 'server' | 'target'>;

/** What copies ends first; then the target goes, and its claims follow it. A copier that failed stays for its log. */
export function undoClone({ copier, server, target, operation }: Left): Undoing | undefined {
  const isCopying = copier !== undefined && copierEnd(copier).type === 'running';
  const workers = [isCopying ? copier : undefined, server].filter((pod) => pod !== undefined);
  if (workers.length > 0) return { actions: dropWorkers(...workers) };
  if (!target || !isMadeBy(target, operation)) return undefined;
  return { actions: target.metadata.deletionTimestamp ? [] : [{ type: 'deleteTarget', target }] };
}
