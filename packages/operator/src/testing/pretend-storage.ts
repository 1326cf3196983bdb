/** Gives each claim of a stage its volume, and room for what it asks for later, as a provisioner would. */
import {
  AlreadyExistsError,
  Informer,
  NotFoundError,
  PersistentVolumeClaims,
  StorageClasses,
  type PersistentVolumeClaim,
} from '@hypersdk/kube';
import type { Stage } from './stage.ts';

/** Of volumes that grow. */
export const STORAGE_CLASS = 'growing';

/** Works until the signal aborts. */
export async function pretendStorage(stage: Stage, signal: AbortSignal): Promise<void> {
  const made = stage.client.create(StorageClasses, {
    metadata: { name: STORAGE_CLASS },
    ...{ provisioner: 'example.com/disks', volumeBindingMode: 'Immediate', allowVolumeExpansion: true },
  });
  await made.catch((error: unknown) => {
    if (!(error instanceof AlreadyExistsError)) throw error;
  });
  const claims = new Informer(stage.client, PersistentVolumeClaims, { namespace: stage.namespace });
  claims.subscribe(({ type, object }) => {
    if (type !== 'deleted') void provide(stage, object);
  });
  claims.start(signal);
  await claims.synced;
}

async function provide({ client }: Stage, { metadata, spec, status }: PersistentVolumeClaim): Promise<void> {
  const capacity = { storage: spec?.resources?.requests?.['storage'] ?? '' };
  if (status?.phase === 'Bound' && status.capacity?.['storage'] === capacity.storage) return;
  const given = { status: { phase: 'Bound', capacity } };
  try {
    await client.mergePatch(PersistentVolumeClaims, metadata, given, { subresource: 'status' });
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}
