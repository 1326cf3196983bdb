/** Guarantee: the API server takes the patch by which a VM's pod is resized in place, up and down, and for no other pod. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { randomBytes } from 'node:crypto';
import { Client, Namespaces, Pods, type Pod } from '@hypersdk/kube';
import { aPod, aVirtualMachine } from '../../testing/machines.ts';
import { containerOf } from '../pod/container.ts';
import { resourcesPatch } from './resources-patch.ts';

let client: Client;
const namespace = `resize-${randomBytes(4).toString('hex')}`;
before(async () => {
  client = await Client.load({ userAgent: 'hypersdk-operator-test' });
  await client.create(Namespaces, { metadata: { name: namespace } });
});
after(async () => {
  await client.delete(Namespaces, { name: namespace });
  await client.close();
});

const resourcesOf = (pod: Pod) => containerOf(pod, 'qemu')?.resources ?? {};
const sized = (cpus: number, memory: string) =>
  resourcesOf(aPod(aVirtualMachine({ spec: { cpus, memory } }), 1));

it("resizes a VM's pod up and down", async () => {
  const { metadata, spec } = aPod(aVirtualMachine(), 1);
  const { name, labels = {} } = metadata;
  const made = await client.create(Pods, { metadata: { name, namespace, labels }, ...(spec && { spec }) });
  const raised = await client.patchResize(Pods, made.metadata, resourcesPatch(made, sized(2, '512Mi')));
  assert.deepEqual(resourcesOf(raised), sized(2, '512Mi'));
  const lowered = await client.patchResize(Pods, made.metadata, resourcesPatch(raised, sized(1, '256Mi')));
  assert.deepEqual(resourcesOf(lowered), sized(1, '256Mi'));
  const other = { ...made, metadata: { ...made.metadata, uid: 'another' } };
  await assert.rejects(client.patchResize(Pods, made.metadata, resourcesPatch(other, sized(2, '512Mi'))));
});
