/**
 * Guarantee: in whatever order a VM, its linked clone, their image and template, and what made the clone are deleted, and
 * whoever dies meanwhile, what a disk stands on is there for as long as the disk; in the end nothing is left.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isConditionTrue, type VirtualMachine } from '@hypersdk/api';
import { PersistentVolumeClaims, type Resource } from '@hypersdk/kube';
import { claimsBelow } from './ownership.ts';
import { VMClones, VMImages, VMTemplates } from './resources.ts';
import { mortalClient } from './testing/mortal-client.ts';
import { runUntilEnd } from './testing/operator-under-test.ts';
import { pretendWorkers } from './testing/pretend-workers.ts';
import { becomes, openStage, VirtualMachines, VMOperations, type Stage } from './testing/stage.ts';

let stage: Stage;
const stopping = new AbortController();
before(async () => {
  stage = await openStage('127.0.126');
  await pretendWorkers(stage, stopping.signal);
});
after(async () => {
  stopping.abort();
  await stage.close();
});

const resources = {
  source: VirtualMachines,
  clone: VirtualMachines,
  image: VMImages,
  template: VMTemplates,
  vmclone: VMClones,
  operation: VMOperations,
};
type Role = keyof typeof resources;

/** Rotations and their mirrors: each kind is deleted before and after each other. */
const roles: Role[] = ['source', 'image', 'operation', 'clone', 'template', 'vmclone'];
const rotations = [0, 2, 4].map((at) => [...roles.slice(at), ...roles.slice(0, at)]);
const orders = [...rotations, ...rotations.map((order) => [...order].reverse())];

describe('deleted', () => {
  for (const [number, order] of orders.entries()) {
    it(`${order.join(', ')}: no disk loses what it stands on`, async (t) => {
      const named = namesOf(number);
      const living = await runUntilEnd(t, stage.client, stage.authorities);
      await make(named);
      await living.stop();
      const mortal = mortalClient(stage.client, { at: 1 + (number % 5), when: 'after' });
      const dying = await runUntilEnd(t, mortal.client, stage.authorities);
      for (const role of order.slice(0, 3)) await remove(role, named);
      await dying.stop();
      await assertUnbroken();
      await runUntilEnd(t, stage.client, stage.authorities);
      for (const role of order.slice(3)) {
        await remove(role, named);
        await assertUnbroken();
      }
      for (const role of roles) await isGone(role, named);
    });
  }
});

type Names = Readonly<Record<Role, string>>;

/** An operation is named for its VMClone. */
const namesOf = (number: number): Names => ({
  source: `source-${number}`,
  clone: `clone-${number}`,
  image: `image-${number}`,
  template: `template-${number}`,
  vmclone: `copy-${number}`,
  operation: `copy-${number}`,
});

const http = (name: string) => ({ source: { http: { url: `http://images.example.org/${name}.qcow2` } } });
const metadata = (name: string) => ({ name, namespace: stage.namespace });

/** A VM with a root on its template and a disk on a VMImage, off, and its linked clone. The server fills the rest in. */
async function make({ source, clone, image, template, vmclone }: Names): Promise<void> {
  await stage.client.create(VMImages, { metadata: metadata(image), spec: http(image) } as never);
  await stage.client.create(VMTemplates, {
    metadata: metadata(template),
    spec: { image: http(template) },
  } as never);
  const disks = [
    { name: 'root', size: '1Gi', cloneMode: 'linked' },
    { name: 'data', size: '1Gi', cloneMode: 'linked', source: { image: { name: image } } },
  ];
  const spec = { cpus: 1, memory: '64Mi', disks, image: { templateRef: { name: template } } };
  await stage.client.create(VirtualMachines, { metadata: metadata(source), spec } as never);
  await becomes(stage, VirtualMachines, source, (vm) => isConditionTrue(vm?.status?.conditions, 'Running'));
  await stage.client.mergePatch(VirtualMachines, metadata(source), { spec: { running: false } });
  await becomes(stage, VirtualMachines, source, (vm) => vm?.status?.phase === 'Stopped');
  await stage.client.create(VMClones, {
    metadata: metadata(vmclone),
    spec: { sourceRef: { name: source }, target: { name: clone }, linked: true },
  } as never);
  await becomes(stage, VMClones, vmclone, (found) => found?.status?.phase === 'Ready');
}

async function remove(role: Role, names: Names): Promise<void> {
  await stage.client.delete(resources[role], metadata(names[role]));
}

/** With whatever was kept for others; claims lose the protection that nobody else takes away. */
async function isGone(role: Role, names: Names): Promise<void> {
  await becomes(
    stage,
    resources[role] as Resource<VirtualMachine>,
    names[role],
    (found) => found === undefined,
  );
}

async function assertUnbroken(): Promise<void> {
  const { items } = await stage.client.list(PersistentVolumeClaims, { namespace: stage.namespace });
  const standing = items.filter(({ metadata: { deletionTimestamp } }) => deletionTimestamp === undefined);
  const there = new Set(standing.map((claim) => claim.metadata.name));
  for (const claim of standing) {
    for (const base of claimsBelow(claim)) {
      assert.ok(there.has(base), `${claim.metadata.name} stands on ${base}, which is gone`);
    }
  }
}
