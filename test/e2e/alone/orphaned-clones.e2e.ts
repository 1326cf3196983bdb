/**
 * Guarantee: where the chart's linkedClones.sourceDeletion is Flatten, a VM that a linked clone stands on is deleted, the clone
 * stands alone then, under its running guest, and nothing of the VM is left once that is off.
 */
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { upgradeChart } from '../stage/chart.ts';
import { documented } from '../stage/documents.ts';
import { consoleLine } from '../stage/guest-console.ts';
import { getVm, openScene } from '../stage/scene.ts';
import { counting, countsOn } from '../stage/ticks.ts';

/** Only the operator of a cluster that this project made is ours to change. */
const foreign = process.env['HYPERSDK_INSTANCE'] === undefined && 'the operator is not ours to change';

after(() => (foreign ? undefined : upgradeChart('linkedClones.sourceDeletion=Refuse')));

it('flattens the clones of a VM that is deleted', { skip: foreign }, async (t) => {
  const scene = await openScene(t);
  await Promise.all([counting(scene, 'web'), upgradeChart('linkedClones.sourceDeletion=Flatten')]);
  await scene.apply(documented('clones', 'VMOperation/clone-web'));
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/clone-web');
  await scene.waitFor('condition=Running', 'vm/web-test');
  await consoleLine(scene, 'web-test-1', /^tick 2 /);
  const [, below] = (await getVm(scene, 'web-test')).status?.disks?.[0]?.chain ?? [];
  assert.match(below ?? '', /^\/images\/web-root\//);

  await scene.k('delete', 'vm', 'web', '--timeout=240s');
  await scene.waitFor('jsonpath={.metadata.deletionTimestamp}', 'pvc/web-root');
  await countsOn(scene, 'web-test-1');
  const { status } = await getVm(scene, 'web-test');
  assert.deepEqual([status?.podName, status?.disks?.[0]?.chain?.length], ['web-test-1', 1]);

  // Kubernetes keeps a claim for as long as a pod has it mounted.
  await scene.k('patch', 'vm', 'web-test', '--type=merge', '--patch={"spec":{"running":false}}');
  await scene.waitFor('delete', 'pvc/web-root');
});
