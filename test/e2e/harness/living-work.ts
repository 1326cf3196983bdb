/** What is done to a VM that lives, while somebody dies over it. */
import type { VMOperationManifest, VMSnapshotManifest } from '@hypersdk/api';
import { NotFoundError } from '@hypersdk/kube';
import { operationOn } from '../stage/manifests.ts';
import { getVm } from '../stage/scene.ts';
import { dieOver, type Living } from './living.ts';
import { VMOperations, VMSnapshots } from './resources.ts';

/** Milliseconds, about. */
const USUAL = {
  snapshot: 500,
  memory: 1_500,
  drop: 1_000,
  restore: 8_000,
  resize: 2_000,
  disks: 1_000,
} as const;

/** Takes one of that name, with whatever phase it ends. */
export async function takeSnapshot(
  living: Living,
  name: string,
  more: Partial<VMSnapshotManifest['spec']>,
): Promise<string> {
  const { client, scene, vm } = living;
  const key = { namespace: scene.namespace, name };
  const phase = async (): Promise<string> => (await client.get(VMSnapshots, key)).status?.phase ?? '';
  const kind = { apiVersion: 'hypersdk.io/v1alpha1', kind: 'VMSnapshot' };
  // The server fills the rest in.
  await client.create(VMSnapshots, {
    ...kind,
    metadata: key,
    spec: { vmRef: { name: vm }, ...more },
  } as never);
  return dieOver(living, {
    name: `snapshot ${name}`,
    usual: more.includeMemory ? USUAL.memory : USUAL.snapshot,
    hasBegun: async () => !/^(?:Pending)?$/.test(await phase()),
    end: async () => /^(?:Ready|Failed)$/.exec(await phase())?.[0],
  });
}

export async function dropSnapshot(living: Living, name: string): Promise<void> {
  const { client, scene } = living;
  const key = { namespace: scene.namespace, name };
  await client.delete(VMSnapshots, key);
  const end = () => client.get(VMSnapshots, key).then(() => undefined, isGone);
  // It has, with its deletion.
  const hasBegun = () => Promise.resolve(true);
  await dieOver(living, { name: `deletion of ${name}`, usual: USUAL.drop, hasBegun, end });
}

function isGone(error: unknown): string | undefined {
  return error instanceof NotFoundError ? 'gone' : undefined;
}

/** Resolves with the phase that it ends in. */
export async function operate(
  living: Living,
  operation: 'restore' | 'resize',
  more: Partial<VMOperationManifest['spec']>,
): Promise<string> {
  const { client, scene, vm } = living;
  const { spec, ...manifest } = operationOn(vm, operation);
  const key = { namespace: scene.namespace, name: manifest.metadata.name };
  const status = async () => (await client.get(VMOperations, key)).status;
  // The server fills the rest in.
  await client.create(VMOperations, { ...manifest, metadata: key, spec: { ...spec, ...more } } as never);
  return dieOver(living, {
    name: operation,
    usual: USUAL[operation],
    hasBegun: async () => !/^(?:Pending)?$/.test((await status())?.phase ?? ''),
    end: async () => {
      const { completionTime, phase } = (await status()) ?? {};
      return completionTime === undefined ? undefined : phase;
    },
  });
}

/** Takes the last disk off the VM and gives it back, each under somebody's death. */
export async function takeOffAndGiveBack(living: Living): Promise<void> {
  const { scene, vm } = living;
  const { disks = [] } = (await getVm(scene, vm)).spec;
  const last = disks.length - 1;
  await changeDisks(living, 'unplug', { op: 'remove', path: `/spec/disks/${last}` }, last);
  await changeDisks(living, 'plug', { op: 'add', path: '/spec/disks/-', value: disks[last] }, disks.length);
}

/** Until the guest has so many. */
async function changeDisks(living: Living, name: string, patch: object, count: number): Promise<void> {
  const { scene, vm } = living;
  await scene.k('patch', 'vm', vm, '--type=json', '--patch', JSON.stringify([patch]));
  const end = async () => {
    const { phase, disks = [] } = (await getVm(scene, vm)).status ?? {};
    return phase === 'Running' && disks.length === count ? 'done' : undefined;
  };
  await dieOver(living, { name, usual: USUAL.disks, hasBegun: () => Promise.resolve(true), end });
}
