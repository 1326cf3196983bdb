import { Annotations, FieldManagers } from '@hypersdk/api';
import { PersistentVolumeClaims, Pods } from '@hypersdk/kube';
import { unlessGone, unlessThere } from '../../idempotent.ts';
import { STANDS_ON } from '../../ownership.ts';
import { createWorker, identifyWorker } from '../../worker/create-worker.ts';
import { VirtualMachines, VMSnapshots } from '../../resources.ts';
import type { Effects } from '../../virtual-machine/execute.ts';
import type { CloneAction } from './actions.ts';

export async function performClone(
  effects: Pick<Effects, 'client' | 'authorities' | 'knownSecrets'>,
  action: CloneAction,
  signal: AbortSignal,
): Promise<void> {
  const { client } = effects;
  switch (action.type) {
    case 'createTarget':
      await unlessThere(client.create(VirtualMachines, action.target, { signal }));
      return;
    case 'createClaim':
      await unlessThere(client.create(PersistentVolumeClaims, action.claim, { signal }));
      return;
    case 'keepClaim': {
      // The version, because a list is written whole.
      const { resourceVersion = '' } = action.claim.metadata;
      const patch = { metadata: { resourceVersion, ownerReferences: [...action.owners] } };
      await client.mergePatch(PersistentVolumeClaims, action.claim.metadata, patch, { signal });
      return;
    }
    case 'standAlone': {
      const patch = { metadata: { annotations: { [STANDS_ON]: null } } };
      await unlessGone(client.mergePatch(PersistentVolumeClaims, action.claim.metadata, patch, { signal }));
      return;
    }
    case 'deleteClaim': {
      const { metadata } = action.claim;
      await unlessGone(client.delete(PersistentVolumeClaims, metadata, { uid: metadata.uid, signal }));
      return;
    }
    case 'createSnapshot':
      await unlessThere(client.create(VMSnapshots, action.snapshot, { signal }));
      return;
    case 'createWorker':
      await createWorker(effects, action, signal);
      return;
    case 'identifyWorker':
      await identifyWorker(effects, action, signal);
      return;
    case 'deleteWorker':
      await unlessGone(client.delete(Pods, action.pod.metadata, { uid: action.pod.metadata.uid, signal }));
      return;
    case 'release':
      await release(client, action, signal);
      return;
    case 'deleteTarget': {
      const { metadata } = action.target;
      await unlessGone(client.delete(VirtualMachines, metadata, { uid: metadata.uid, signal }));
    }
  }
}

type Release = Extract<CloneAction, { type: 'release' }>;

async function release(
  client: Effects['client'],
  { target: { metadata }, isStarted }: Release,
  signal: AbortSignal,
): Promise<void> {
  const ownerReferences = (metadata.ownerReferences ?? []).filter(({ kind }) => kind !== 'VMOperation');
  const patch = {
    metadata: {
      ...{ resourceVersion: metadata.resourceVersion ?? '', ownerReferences },
      annotations: { [Annotations.beingClonedBy]: null },
    },
    ...(isStarted && { spec: { running: true } }),
  };
  await client.mergePatch(VirtualMachines, metadata, patch, {
    fieldManager: FieldManagers.operation,
    signal,
  });
}
