/**
 * Guarantee: a template and a VM, applied at the same moment, end in a running guest on a node of the cluster, with
 * nothing else done; it may use all the memory that it was given; and everything that a user asks of it with plain
 * kubectl is answered.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findCondition, type VMClone, type VMCloneManifest, type VMTemplateManifest } from '@hypersdk/api';
import { documented } from './stage/documents.ts';
import { consoleLine } from './stage/guest-console.ts';
import { typeCommand } from './stage/guest-keyboard.ts';
import { tinyInstead } from './stage/instead.ts';
import { tinyTemplate, tinyVm } from './stage/manifests.ts';
import { getTemplate, getVm, openScene, type Scene } from './stage/scene.ts';
import { countsOn } from './stage/ticks.ts';

/** As much of a pod as is looked at. */
interface Pod {
  readonly status: Readonly<
    Record<'initContainerStatuses' | 'containerStatuses', readonly ContainerStatus[] | undefined>
  >;
}
interface ContainerStatus {
  readonly restartCount: number;
  readonly state: { readonly running?: object };
}

/** What its pod gives a guest, and nobody else does. */
const cloneWithAddress: VMCloneManifest = {
  apiVersion: 'hypersdk.io/v1alpha1',
  kind: 'VMClone',
  metadata: { name: 'addressed' },
  spec: {
    ...{ sourceRef: { name: 'plain' }, target: { name: 'addressed' }, linked: true, powerOn: true },
    customization: {
      networks: [{ name: 'default', ipAddress: '192.168.1.100', gateway: '192.168.1.1', dns: ['8.8.8.8'] }],
    },
  },
};

/** The guest fills its memory, which its node then holds, and goes on; nothing of its pod is killed for it. */
async function usesAllItsMemory(scene: Scene, pod: string, mebibytes: number): Promise<void> {
  await consoleLine(scene, pod, /READY/);
  await typeCommand(scene, pod, 'take-memory');
  await consoleLine(scene, pod, /TOOK/);
  const smaps = await scene.k('exec', pod, '--container=qemu', '--', 'cat', '/proc/1/smaps');
  const guest = new RegExp(`^Size: +${mebibytes * 1024} kB(?:\\n.*){2}\\nRss: +(\\d+) kB`, 'm');
  const [, held] = guest.exec(smaps) ?? [];
  assert.ok(Number(held) > 0.9 * mebibytes * 1024, `the node holds ${held} kB of the guest's memory`);
  await countsOn(scene, pod);
  const { status } = await scene.get<Pod>('pod', pod);
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  assert.deepEqual(
    containers.map(({ restartCount, state }) => [restartCount, state.running !== undefined]),
    containers.map(() => [0, true]),
  );
}

const templateWith = (spec: Partial<VMTemplateManifest['spec']>): VMTemplateManifest => {
  const tiny = tinyTemplate();
  return { ...tiny, spec: { ...tiny.spec, ...spec } };
};
const reason = (is: string): string => `jsonpath={.status.conditions[?(@.type=="Ready")].reason}=${is}`;

/** All that a user may say of it. */
const place = {
  nodeSelector: { 'kubernetes.io/hostname': 'node-2' },
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'kubernetes.io/os', operator: 'In' as const, values: ['linux'] }] },
        ],
      },
    },
  },
  tolerations: [{ key: 'for-vms', operator: 'Exists' as const, effect: 'NoSchedule' as const }],
  topologySpreadConstraints: [
    {
      ...{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' as const },
      labelSelector: { matchLabels: { vm: 'mine' } },
    },
  ],
  priorityClassName: 'system-cluster-critical',
};

describe('the first VM', () => {
  it('boots from a template over http, and is told of in full', async (t) => {
    const scene = await openScene(t);
    const shown = { ...tinyInstead(), 'memory: 1Gi': 'memory: 256Mi' };
    const image = { templateRef: { name: 'small-debian' } };
    await scene.apply(
      documented('README', 'VMTemplate/small-debian', shown),
      tinyVm('first', { running: true, memory: undefined, image }),
    );
    await scene.waitFor('condition=Running', 'vm/first');

    const template = await getTemplate(scene, 'small-debian');
    assert.equal(template.status?.phase, 'Ready');
    assert.equal(template.status.progress, 100);
    assert.equal(template.status.usageCount, 1);
    assert.ok(template.status.size);

    const vm = await getVm(scene, 'first');
    const { status } = vm;
    assert.equal(status?.phase, 'Running');
    assert.equal(status.epoch, 1);
    assert.equal(status.podName, 'first-1');
    assert.match(status.nodeName ?? '', /^node-[12]$/);
    assert.equal(status.acceleration, 'tcg');
    assert.equal(status.ipAddresses?.length, 1);
    assert.equal(status.observedGeneration, vm.metadata.generation);
    for (const type of ['Ready', 'Running', 'DiskReady', 'NetworkReady']) {
      assert.equal(findCondition(status.conditions, type)?.status, 'True', type);
    }
    for (const type of ['Stalled', 'Provisioning', 'Reconfiguring'])
      assert.notEqual(findCondition(status.conditions, type)?.status, 'True', type);
    assert.equal(status.resources?.cpu, '1');
    assert.equal(status.resources.memory, '256Mi');
    const { pvc } = template.status;
    const inherited = [{ field: 'memory', value: '256Mi' }];
    const from = { name: 'small-debian', namespace: scene.namespace, version: '13.1' };
    assert.deepEqual(status.template, { ...from, image: pvc, inherited });
    const below = findCondition(status.conditions, 'BelowRecommended');
    assert.match(below?.message ?? '', /spec\.cpus is 1 of 2/);
    assert.match(await consoleLine(scene, 'first-1', /GUEST-UP/), /^GUEST-UP \d+\.\d+$/);
    await usesAllItsMemory(scene, 'first-1', 256);
    // Where the node was too busy to measure it as the guest started, it comes with the second look.
    await scene.waitFor('jsonpath={.status.resources.overhead}', 'vm/first');
    assert.match((await getVm(scene, 'first')).status?.resources?.overhead ?? '', /^\d+Mi$/);
  });

  it('reads well with kubectl', async (t) => {
    const scene = await openScene(t);
    await scene.apply(tinyTemplate(), tinyVm('reads'));
    await scene.waitFor('condition=Ready', 'vm/reads');
    const [head, row] = (await scene.k('get', 'vm')).split('\n');
    assert.deepEqual(head?.split(/\s+/), ['NAME', 'STATUS', 'CPUS', 'MEMORY', 'NODE', 'IP', 'AGE']);
    assert.match(row ?? '', /^reads +Running +1 +256Mi +node-[12] +[\d.]+ /);
    assert.match(await scene.k('get', 'hypersdk'), /virtualmachine\S+\/reads/);
    assert.equal(
      await scene.k('get', 'vm', '--field-selector', 'status.phase=Running', '--output', 'name'),
      'virtualmachine.hypersdk.io/reads',
    );
    assert.match(await scene.k('get', 'pod', '--selector', 'vm=reads'), /reads-1/);
    await consoleLine(scene, 'reads-1', /GUEST-UP/);
    await consoleLine(scene, 'reads-1', /GUEST-UP/);
    assert.match(await scene.k('logs', 'reads-1'), /GUEST-UP/);
    const events = await scene.k('events', '--for', 'vm/reads');
    assert.match(events, /Normal +Running .* in pod/);
  });

  it('leaves spec as its user wrote it, and places its pod by it', async (t) => {
    const scene = await openScene(t);
    await scene.apply(tinyTemplate(), tinyVm('mine', place));
    const before = await getVm(scene, 'mine');
    await scene.waitFor('condition=Ready', 'vm/mine');
    const { spec } = await scene.get<{ spec: object }>('pod', 'mine-1');
    assert.partialDeepStrictEqual(spec, { ...place, nodeName: 'node-2' });
    assert.deepEqual((await getVm(scene, 'mine')).spec, before.spec);
    const managers = await scene.get<{
      metadata: { managedFields: { manager: string; fieldsV1: object }[] };
    }>('vm', 'mine', '--show-managed-fields');
    const writers = managers.metadata.managedFields
      .filter(({ fieldsV1 }) => 'f:spec' in fieldsV1)
      .map(({ manager }) => manager);
    assert.deepEqual(writers, ['kubectl-client-side-apply']);
  });

  it('says what it does not do, instead of ignoring it', async (t) => {
    const scene = await openScene(t);
    await scene.apply(
      templateWith({ requiredFeatures: ['tpm'] }),
      tinyVm('plain', { networks: [{ name: 'default', staticIP: '10.0.2.9' }] }),
      cloneWithAddress,
    );
    await scene.waitFor('condition=FieldsIgnored', 'vm/plain');
    await scene.waitFor('condition=Provisioning', 'vm/plain');
    assert.match(
      findCondition((await getVm(scene, 'plain')).status?.conditions, 'FieldsIgnored')?.message ?? '',
      /networks\[\]\.staticIP/,
    );
    await scene.waitFor(reason('RequiredFeatureMissing'), 'vm/plain');
    await scene.waitFor('jsonpath={.status.phase}=Failed', 'vmcl/addressed');
    assert.match(
      (await scene.get<VMClone>('vmcl', 'addressed')).status?.message ?? '',
      /networks\[default\]: ipAddress, gateway, dns cannot be chosen/,
    );
  });
});
