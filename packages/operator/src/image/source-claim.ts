/** The claim that an image is copied from: only ever read, and never while a pod may be writing it. */
import type { VirtualMachine, VMImage, VMTemplate } from '@hypersdk/api';
import { Labels } from '@hypersdk/api';
import { keyOf, type PersistentVolumeClaim, type Pod } from '@hypersdk/kube';
import type { Caches } from '../caches.ts';
import { templateOwnWishes, vmImageWish, ownWishes, type ImageWish, type UploadFor } from './wish.ts';
import { sourceClaimKey } from './indexes.ts';

export type SourceClaim =
  | { readonly type: 'usable'; readonly claim: PersistentVolumeClaim }
  /** `isFinal`: nothing but another spec helps. */
  | {
      readonly type: 'problem';
      readonly reason: string;
      readonly message: string;
      readonly isFinal: boolean;
    };

/** Undefined for an image that comes from elsewhere. */
export function sourceClaim(
  caches: Pick<Caches, 'claims' | 'vmImages'>,
  namespace: string,
  wish: ImageWish,
): SourceClaim | undefined {
  const { upload } = wish.source;
  if (upload) return uploadElsewhere(caches, namespace, upload);
  const key = sourceClaimKey(wish);
  if (key === undefined) return undefined;
  const name = `Claim ${key}, which the image is copied from,`;
  if (!key.startsWith(`${namespace}/`)) {
    const message = `${name} is in another namespace, and the pods of ${namespace} mount only its own: copy the data, or share a VMTemplate that imports from elsewhere`;
    return { type: 'problem', reason: 'ClaimInOtherNamespace', message, isFinal: true };
  }
  const claim = caches.claims.get(key);
  if (!claim) return waits('ClaimMissing', `${name} does not exist: create it, and the import begins`);
  if (claim.metadata.deletionTimestamp) return waits('ClaimTerminating', `${name} is being deleted`);
  if (claim.status?.phase === 'Lost') return waits('ClaimLost', `${name} has lost its volume`);
  return { type: 'usable', claim };
}

/** What a client sends goes to one namespace. */
function uploadElsewhere(
  { vmImages }: Pick<Caches, 'vmImages'>,
  namespace: string,
  { name, uid }: UploadFor,
): SourceClaim | undefined {
  if (vmImages.get(`${namespace}/${name}`)?.metadata.uid === uid) return undefined;
  const message = `VMImage ${name}, which the image was uploaded to, is in another namespace: upload it to ${namespace} too, or share a VMTemplate that imports from elsewhere`;
  return { type: 'problem', reason: 'UploadInOtherNamespace', message, isFinal: true };
}

const waits = (reason: string, message: string): SourceClaim => {
  return { type: 'problem', reason, message, isFinal: false };
};

/** Pods that may be writing the claim. Importers only read, and one that has ended writes no more. */
export function writersOf(claim: PersistentVolumeClaim, pods: readonly Pod[]): Pod[] {
  return mountersOf(claim, pods).filter((pod) => !hasEnded(pod));
}

const hasEnded = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

function mountersOf(claim: PersistentVolumeClaim, pods: readonly Pod[]): Pod[] {
  return pods.filter(({ metadata, spec }) => {
    if (metadata.labels?.[Labels.image] !== undefined) return false;
    const mounted = spec?.volumes?.flatMap(({ persistentVolumeClaim: mount }) => (mount ? [mount] : []));
    return mounted?.some(({ claimName, readOnly }) => claimName === claim.metadata.name && !readOnly);
  });
}

/**
 * Pods that may have written the claim while the importer read it, among those that are there yet. Where a pod has begun
 * and not told when, it counts from when it was made.
 */
export function writersDuring(importer: Pod, claim: PersistentVolumeClaim, pods: readonly Pod[]): Pod[] {
  const { startedAt, finishedAt } = importer.status?.containerStatuses?.[0]?.state?.terminated ?? {};
  const [from, to] = [timeOf(startedAt ?? importer.metadata.creationTimestamp), timeOf(finishedAt)];
  return mountersOf(claim, pods).filter((pod) => {
    const { metadata, spec, status } = pod;
    const begun =
      status?.startTime ?? (spec?.nodeName === undefined ? undefined : metadata.creationTimestamp);
    // To the second, and the node's clock: one that ends as the importer begins has not written under it.
    return begun !== undefined && !(timeOf(begun) > to) && !(hasEnded(pod) && !(lastEnd(pod) > from));
  });
}

function lastEnd({ status }: Pod): number {
  const { containerStatuses = [], initContainerStatuses = [] } = status ?? {};
  const ends = [...containerStatuses, ...initContainerStatuses].map(
    ({ state }) => state?.terminated?.finishedAt,
  );
  return Math.max(...ends.flatMap((end) => (end === undefined ? [] : timeOf(end))));
}

const timeOf = (time: string | undefined): number => Date.parse(time ?? '');

type User = VMTemplate | VMImage | VirtualMachine;

/** Those who have an image copied from the claim, and which wishes of theirs that are. */
export function copiersOf(
  caches: Pick<Caches, 'templates' | 'vmImages' | 'virtualMachines'>,
  claim: PersistentVolumeClaim,
): { readonly user: User; readonly wish: ImageWish }[] {
  const key = keyOf(claim);
  const own = <T extends User>(users: readonly T[], wishesOf: (user: T) => ImageWish[]) =>
    users.flatMap((user) =>
      wishesOf(user)
        .filter((wish) => sourceClaimKey(wish) === key)
        .map((wish) => ({ user, wish })),
    );
  return [
    ...own(caches.templates.byIndex('sourceClaim', key), templateOwnWishes),
    ...own(caches.vmImages.byIndex('sourceClaim', key), (vmImage) => [vmImageWish(vmImage)]),
    ...own(caches.virtualMachines.byIndex('sourceClaim', key), ownWishes),
  ];
}
