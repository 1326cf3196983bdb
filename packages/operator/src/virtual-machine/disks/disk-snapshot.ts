/** What a disk that is made of a VMSnapshot is copied from. */
import type { Disk, VMSnapshot } from '@hypersdk/api';
import type { Caches } from '../../caches.ts';
import { claimsBelow } from '../../ownership.ts';

export type DiskSnapshot =
  | {
      readonly type: 'snapshot';
      readonly state: 'ready';
      /** The claim that the layer is in, those that this stands on, and the layer's name. */
      readonly claim: string;
      readonly bases: readonly string[];
      readonly file: string;
      /** Size that the guest saw. */
      readonly size: string;
    }
  /** `isFinal`: nothing comes of waiting. */
  | {
      readonly type: 'snapshot';
      readonly state: 'problem';
      readonly reason: string;
      readonly message: string;
      readonly isFinal: boolean;
    };

/** Of a disk that names one. */
export function diskSnapshot(
  caches: Pick<Caches, 'snapshots' | 'claims'>,
  namespace: string,
  { name, source }: Disk,
): DiskSnapshot | undefined {
  if (!source?.snapshot) return undefined;
  const { name: snapshotName, disk = name } = source.snapshot;
  const snapshot = caches.snapshots.get(`${namespace}/${snapshotName}`);
  const what = `VMSnapshot ${snapshotName}`;
  if (!snapshot || snapshot.metadata.deletionTimestamp) {
    return problem('VMSnapshotNotFound', `${what} does not exist: create it, and the VM starts`, true);
  }
  if (!snapshot.status?.readyToRestore) return notReady(what, snapshot);
  const held = snapshot.status.disks?.find((each) => each.name === disk);
  if (!held?.pvc || !held.file || !held.size) {
    const names = snapshot.status.disks?.map((each) => each.name).join(', ') ?? 'none';
    return problem('VMSnapshotDiskNotFound', `${what} has no disk ${disk}; it has ${names}`, true);
  }
  const claim = caches.claims.get(`${namespace}/${held.pvc}`);
  if (!claim) return problem('ClaimLost', `claim ${held.pvc}, which holds ${what}, is gone`, true);
  const { pvc, file, size } = held;
  return { type: 'snapshot', state: 'ready', claim: pvc, bases: claimsBelow(claim), file, size };
}

function notReady(what: string, { status }: VMSnapshot): DiskSnapshot {
  const phase = status?.phase ?? 'Pending';
  return problem('VMSnapshotNotReady', `${what} is ${phase}`, phase === 'Failed');
}

function problem(reason: string, message: string, isFinal: boolean): DiskSnapshot {
  return { type: 'snapshot', state: 'problem', reason, message, isFinal };
}
