/**
 * Guarantees: a VirtualMachine gets one pod, one claim and one Secret and is told Running by its launcher's word;
 * deleting it lets go of everything; and an operator that dies at any of its writes leaves a state from which
 * the next one comes to the same end, with never a second pod.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { findCondition, isConditionTrue, type VirtualMachine } from '@hypersdk/api';
import {
  defineResource,
  PersistentVolumeClaims,
  Pods,
  StorageClasses,
  type KubeObject,
} from '@hypersdk/kube';
import { deathsOf } from '../testing/deaths.ts';
import { runUntilEnd } from '../testing/operator-under-test.ts';
import { becomes, openStage, VirtualMachines, VMOperations, type Stage } from '../testing/stage.ts';

interface ResourceQuota extends KubeObject {
  spec: { hard: Record<string, string> };
  status?: { hard: Record<string, string>; used: Record<string, string> };
}
const ResourceQuotas = defineResource<ResourceQuota>({
  group: '',
  version: 'v1',
  plural: 'resourcequotas',
  kind: 'ResourceQuota',
  namespaced: true,
});

let stage: Stage;
before(async () => {
  stage = await openStage('127.0.107');
});
after(() => stage.close());

const isRunning = (vm: VirtualMachine | undefined): boolean =>
  isConditionTrue(vm?.status?.conditions, 'Running');
const isGone = (object: unknown): boolean => object === undefined;

async function create(name: string, spec: object = {}): Promise<void> {
  const manifest = {
    metadata: { name, namespace: stage.namespace },
    spec: { cpus: 1, memory: '64Mi', disks: [{ name: 'root', size: '1Gi' }], ...spec },
  };
  await stage.client.create(VirtualMachines, manifest as VirtualMachine); // the server fills the defaults in
}

function remove(name: string): Promise<void> {
  return stage.client.delete(VirtualMachines, { namespace: stage.namespace, name });
}

function startedPods(name: string): string[] {
  return stage.node.started.filter((pod) => pod.startsWith(`${name}-`));
}

describe('a living operator', () => {
  it('takes a VM from apply to Running and to nothing', async (t) => {
    await runUntilEnd(t, stage.client, stage.authorities);
    await create('whole');
    const vm = await becomes(stage, VirtualMachines, 'whole', isRunning);
    assert.deepEqual(vm?.status?.ipAddresses, ['127.0.107.1']);
    assert.equal(vm.status.acceleration, 'tcg');
    assert.equal(vm.status.observedGeneration, vm.metadata.generation);
    await stage.client.get(PersistentVolumeClaims, { namespace: stage.namespace, name: 'whole-root' });
    await remove('whole');
    await becomes(stage, VirtualMachines, 'whole', isGone);
    await becomes(stage, Pods, 'whole-1', isGone);
  });

  it('restarts a VM in a new epoch when an operation asks for it', async (t) => {
    await runUntilEnd(t, stage.client, stage.authorities);
    await create('again', { running: true });
    await becomes(stage, VirtualMachines, 'again', isRunning);
    const operation = {
      metadata: { name: 'again-restart', namespace: stage.namespace },
      spec: { vmRef: { name: 'again' }, operation: 'restart' },
    };
    await stage.client.create(VMOperations, operation as never); // the server fills the defaults in
    await becomes(stage, VMOperations, 'again-restart', (op) => op?.status?.phase === 'Succeeded');
    const vm = await becomes(stage, VirtualMachines, 'again', isRunning);
    assert.equal(vm?.status?.podName, 'again-2');
    assert.equal(vm.spec.running, true);
    await remove('again');
    await becomes(stage, VirtualMachines, 'again', isGone);
  });
});

describe('a VM whose claim is bound at once, and outlives it', () => {
  it('gets its pod when the claim is bound', async (t) => {
    await runUntilEnd(t, stage.client, stage.authorities);
    const className = `immediate-${stage.namespace}`;
    await stage.client.create(StorageClasses, {
      metadata: { name: className },
      provisioner: 'example.com/disks',
      volumeBindingMode: 'Immediate',
    });
    t.after(() => stage.client.delete(StorageClasses, { name: className }));
    await create('bound', {
      disks: [{ name: 'root', size: '1Gi', storageClass: className, deletePolicy: 'Keep' }],
    });
    await becomes(stage, PersistentVolumeClaims, 'bound-root', (made) => made !== undefined);
    assert.deepEqual(startedPods('bound'), []);
    const claim = { namespace: stage.namespace, name: 'bound-root' };
    const status = { phase: 'Bound' };
    await stage.client.mergePatch(PersistentVolumeClaims, claim, { status }, { subresource: 'status' });
    await becomes(stage, VirtualMachines, 'bound', isRunning);
    assert.deepEqual(startedPods('bound'), ['bound-1']);
    await remove('bound');
    await becomes(stage, VirtualMachines, 'bound', isGone);
  });
});

describe('a VM that is made anew by the name of one that is gone', () => {
  it('waits for the guest of the first, and then has a pod of its own', async (t) => {
    await runUntilEnd(t, stage.client, stage.authorities);
    await create('twice');
    const first = await becomes(stage, VirtualMachines, 'twice', isRunning);
    const key = { namespace: stage.namespace, name: 'twice-1' };
    const holding = { metadata: { finalizers: ['test.hypersdk.io/guest-is-up'] } };
    await stage.client.mergePatch(Pods, key, holding);
    await remove('twice');
    await create('twice');
    const isWaiting = (vm: VirtualMachine | undefined): boolean =>
      findCondition(vm?.status?.conditions, 'Ready')?.reason === 'FormerPodTerminating';
    await becomes(stage, VirtualMachines, 'twice', isWaiting);
    await stage.client.mergePatch(Pods, key, { metadata: { finalizers: [] } });
    const second = await becomes(stage, VirtualMachines, 'twice', isRunning);
    assert.notEqual(second?.metadata.uid, first?.metadata.uid);
    await remove('twice');
    await becomes(stage, Pods, 'twice-1', isGone);
  });
});

describe('a VM whose pod a quota refuses', () => {
  it('says so, spends no epoch on it, and starts when the quota is lifted', async (t) => {
    await runUntilEnd(t, stage.client, stage.authorities);
    const key = { namespace: stage.namespace, name: 'none' };
    const hard = { pods: '0' };
    const quota = await stage.client.create(ResourceQuotas, { metadata: key, spec: { hard } });
    // There is no controller manager to count.
    await stage.client.replaceStatus(ResourceQuotas, { ...quota, status: { hard, used: { pods: '0' } } });
    await create('poor');
    const isStalled = (vm: VirtualMachine | undefined): boolean =>
      isConditionTrue(vm?.status?.conditions, 'Stalled');
    const refused = await becomes(stage, VirtualMachines, 'poor', isStalled);
    assert.match(findCondition(refused?.status?.conditions, 'Ready')?.message ?? '', /exceeded quota: none/);
    await stage.client.delete(ResourceQuotas, key);
    const vm = await becomes(stage, VirtualMachines, 'poor', isRunning);
    assert.equal(vm?.status?.podName, 'poor-1');
    await remove('poor');
    await becomes(stage, VirtualMachines, 'poor', isGone);
  });
});

it('an operator that dies after any write leaves one pod to its successor', async (t) => {
  const deaths = await deathsOf(stage.client, async (mortal, number) => {
    const name = `dies-${number}`;
    const first = await runUntilEnd(t, mortal.client, stage.authorities);
    await create(name);
    await Promise.race([mortal.died, becomes(stage, VirtualMachines, name, isRunning)]);
    await first.stop();
    const second = await runUntilEnd(t, stage.client, stage.authorities);
    await becomes(stage, VirtualMachines, name, isRunning);
    assert.deepEqual(startedPods(name), [`${name}-1`]);
    await remove(name);
    await becomes(stage, VirtualMachines, name, isGone);
    await second.stop();
  });
  assert.ok(deaths >= 4, `it takes ${deaths} writes`);
});
