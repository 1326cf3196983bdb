import { areOwners } from '../../ownership.ts';
import type { WorkAction } from '../actions.ts';
import { linkedDisks, type LinkedDisk } from './linked-disks.ts';
import type { ObservedFlatten } from './observed.ts';

/**
 * What the disks stood on is let go of first, while their claims still say what that is; then they say that they stand
 * alone. What nobody else has a use for goes.
 */
export function standAlone(disks: readonly LinkedDisk[], observed: ObservedFlatten): WorkAction[] {
  const marked = disks.flatMap(({ source }) => observed.claims.get(source.claimName) ?? []);
  return [...released(disks, observed), ...marked.map((claim) => ({ type: 'standAlone', claim }) as const)];
}

function released(
  disks: readonly LinkedDisk[],
  { vm, claims, abandoned, disks: all }: ObservedFlatten,
): WorkAction[] {
  const own = 'problem' in all ? [] : all.map(({ claimName }) => claimName);
  const needless = [vm, ...own.map((name) => claims.get(name))].map((one) => one?.metadata.uid);
  const stillNeeded = basesOfOthers(disks, { claims, disks: all });
  const bases = new Set(disks.flatMap((disk) => disk.bases));
  return [...bases].flatMap((name): WorkAction[] => {
    const claim = claims.get(name);
    if (!claim || own.includes(name) || stillNeeded.has(name)) return [];
    const owners = (claim.metadata.ownerReferences ?? []).filter(({ uid }) => !needless.includes(uid));
    if (areOwners(owners, claim)) return [];
    if (owners.length > 0) return [{ type: 'keepClaim', claim, owners }];
    // Its own VM is gone, and it was kept for this one alone; else it goes with this VM at the latest.
    return abandoned.has(name) ? [{ type: 'deleteClaim', claim }] : [];
  });
}

function basesOfOthers(
  disks: readonly LinkedDisk[],
  { claims, disks: all }: Pick<ObservedFlatten, 'claims' | 'disks'>,
): Set<string> {
  if ('problem' in all) return new Set(claims.keys());
  const flat = new Set(disks.map(({ source }) => source.name));
  const others = all.filter(({ name }) => !flat.has(name));
  return new Set(linkedDisks(others, claims).flatMap(({ bases }) => bases));
}
