/**
 * Guarantee: what `retention.deleteOnVMDelete` says last is what happens to a snapshot and its disks when the VM is deleted,
 * whatever write the operator dies at.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { isConditionTrue } from '@hypersdk/api';
import { PersistentVolumeClaims } from '@hypersdk/kube';
import { VMSnapshots } from '../resources.ts';
import { deathsOf } from '../testing/deaths.ts';
import type { mortalClient } from '../testing/mortal-client.ts';
import { runOperator, runUntilEnd } from '../testing/operator-under-test.ts';
import { becomes, openStage, VirtualMachines, type Stage } from '../testing/stage.ts';

let stage: Stage;
before(async () => {
  stage = await openStage('127.0.141');
});
after(() => stage.close());

const key = (name: string) => ({ namespace: stage.namespace, name });
const retention = (deleteOnVMDelete: boolean) => ({ spec: { retention: { deleteOnVMDelete } } });

/** A VM that runs and its snapshot, which is ready. The server fills the rest in. */
async function make(name: string, isChild: boolean): Promise<void> {
  const operator = await runOperator(stage.client, stage.authorities);
  const spec = { cpus: 1, memory: '64Mi', running: true, disks: [{ name: 'root', size: '1Gi' }] };
  await stage.client.create(VirtualMachines, { metadata: key(name), spec } as never);
  await becomes(stage, VirtualMachines, name, (vm) => isConditionTrue(vm?.status?.conditions, 'Running'));
  const snapshot = { vmRef: { name }, ...retention(isChild).spec };
  await stage.client.create(VMSnapshots, { metadata: key(name), spec: snapshot } as never);
  await becomes(stage, VMSnapshots, name, (found) => found?.status?.phase === 'Ready');
  await operator.stop();
}

/** Heard by the operator that comes after the one that died. */
async function changeMind(
  t: TestContext,
  name: string,
  isChild: boolean,
  mortal: ReturnType<typeof mortalClient>,
): Promise<void> {
  await stage.client.mergePatch(VMSnapshots, key(name), retention(isChild));
  const first = await runUntilEnd(t, mortal.client, stage.authorities);
  await Promise.race([mortal.died, isHeard(name)]);
  await first.stop();
  const second = await runUntilEnd(t, stage.client, stage.authorities);
  await isHeard(name);
  await second.stop();
}

async function isHeard(name: string): Promise<void> {
  const { generation } = (await stage.client.get(VMSnapshots, key(name))).metadata;
  await becomes(stage, VMSnapshots, name, (found) => found?.status?.observedGeneration === generation);
}

async function deleteVm(t: TestContext, name: string, isDone: () => Promise<unknown>): Promise<void> {
  const operator = await runUntilEnd(t, stage.client, stage.authorities);
  await stage.client.delete(VirtualMachines, key(name));
  await isDone();
  await operator.stop();
}

const isGone = (resource: typeof VMSnapshots | typeof PersistentVolumeClaims, name: string) =>
  becomes(stage, resource as typeof VMSnapshots, name, (found) => found === undefined); // only whether it is there

describe('a snapshot whose user thinks better of it', () => {
  it('keeps itself and the disks when the VM goes', async (t) => {
    const deaths = await deathsOf(stage.client, async (mortal, number) => {
      const name = `stays-${number}`;
      await make(name, true);
      await changeMind(t, name, false, mortal);
      const { uid } = (await stage.client.get(VMSnapshots, key(name))).metadata;
      await deleteVm(t, name, () =>
        becomes(stage, PersistentVolumeClaims, `${name}-root`, (claim) => {
          const [owner, ...others] = claim?.metadata.ownerReferences ?? [];
          return owner?.uid === uid && others.length === 0;
        }),
      );
      const { metadata, status } = await stage.client.get(VMSnapshots, key(name));
      assert.deepEqual([metadata.deletionTimestamp, status?.phase], [undefined, 'Ready']);
    });
    assert.ok(deaths >= 3, `it takes ${deaths} writes`);
  });

  it('goes with the VM, and the disks with it', async (t) => {
    const deaths = await deathsOf(stage.client, async (mortal, number) => {
      const name = `goes-${number}`;
      await make(name, false);
      await changeMind(t, name, true, mortal);
      await deleteVm(t, name, async () => {
        await isGone(VMSnapshots, name);
        await isGone(PersistentVolumeClaims, `${name}-root`);
      });
    });
    assert.ok(deaths >= 2, `it takes ${deaths} writes`);
  });
});
