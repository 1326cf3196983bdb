import { Annotations, FieldManagers, type VirtualMachine } from '@hypersdk/api';
import { PersistentVolumeClaims, Pods } from '@hypersdk/kube';
import { unlessGone, unlessThere } from '../idempotent.ts';
import { STANDS_ON } from '../ownership.ts';
import { createWorker, identifyWorker } from '../worker/create-worker.ts';
import { VirtualMachines, VMSnapshots } from '../resources.ts';
import type { WorkAction } from './actions.ts';
import type { Effects } from '../context.ts';

export async function perform(
  effects: Pick<Effects, 'client' | 'authorities' | 'knownSecrets'>,
  action: WorkAction,
  signal: AbortSignal,
): Promise<void> {
  const { client } = effects;
  switch (action.type) {
    case 'patchVm': {
      const options = { fieldManager: FieldManagers.operation, signal };
      // null takes a field away, which no type of an object can say.
      const spec = action.patch as Partial<VirtualMachine['spec']>;
      await client.mergePatch(VirtualMachines, action.vm.metadata, { spec }, options);
      return;
    }
    case 'growDisks': {
      const { metadata } = action.vm;
      const { resourceVersion = '' } = metadata;
      const patch = { metadata: { resourceVersion }, spec: { disks: action.disks } };
      const options = { fieldManager: FieldManagers.operation, signal };
      await client.mergePatch(VirtualMachines, metadata, patch, options);
      return;
    }
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
    case 'createSnapshot':
      await unlessThere(client.create(VMSnapshots, action.snapshot, { signal }));
      return;
    case 'createWorker':
      await createWorker(effects, action, signal);
      return;
    case 'identifyWorker':
      await identifyWorker(effects, action, signal);
      return;
    case 'release':
      await release(client, action, signal);
      return;
    case 'deleteVm':
    case 'deleteTarget':
    case 'deleteClaim':
    case 'deleteSnapshot':
    case 'deleteWorker':
      await remove(client, action, signal);
  }
}

type Deletion = Extract<
  WorkAction,
  { type: 'deleteVm' | 'deleteTarget' | 'deleteClaim' | 'deleteSnapshot' | 'deleteWorker' }
>;

/** Of that one object alone: another of its name is none of our business. */
async function remove(client: Effects['client'], action: Deletion, signal: AbortSignal): Promise<void> {
  switch (action.type) {
    case 'deleteVm': {
      const { metadata } = action.vm;
      // Done when the guest is off, not when its VM is forgotten.
      const options = { uid: metadata.uid, propagationPolicy: 'Foreground', signal } as const;
      await unlessGone(client.delete(VirtualMachines, metadata, options));
      return;
    }
    case 'deleteTarget': {
      const { metadata } = action.target;
      await unlessGone(client.delete(VirtualMachines, metadata, { uid: metadata.uid, signal }));
      return;
    }
    case 'deleteClaim': {
      const { metadata } = action.claim;
      await unlessGone(client.delete(PersistentVolumeClaims, metadata, { uid: metadata.uid, signal }));
      return;
    }
    case 'deleteSnapshot': {
      const { metadata } = action.snapshot;
      await unlessGone(client.delete(VMSnapshots, metadata, { uid: metadata.uid, signal }));
      return;
    }
    case 'deleteWorker': {
      const { metadata } = action.pod;
      await unlessGone(client.delete(Pods, metadata, { uid: metadata.uid, signal }));
    }
  }
}

type Release = Extract<WorkAction, { type: 'release' }>;

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
