/**
 * Guarantee: nothing is lost, whoever dies. While a guest runs, an image is imported, the guest is cloned and its disk
 * grows, the importer, the launcher and the operator are killed; all three come to their end, the download where it had
 * come to, the guest counts on, it and its clone read what was written, and every file is sound. Launcher and operator are
 * killed again while a disk goes from the guest; it comes back with what is on it. (A copier of so small a disk is done
 * before anybody can kill it; its deaths are a test of its own, before each of its steps.)
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { VMImage } from '@hypersdk/api';
import { crashContainer } from '../../cluster/crash.ts';
import { downloadsOf, SLOWLY } from '../../cluster/image-server.ts';
import { waitFor } from '../../cluster/waiting.ts';
import { foreign } from '../harness/own-cluster.ts';
import { becomes } from '../stage/becomes.ts';
import { eventOf } from '../stage/events.ts';
import { consoleLine } from '../stage/guest-console.ts';
import { typeCommand } from '../stage/guest-keyboard.ts';
import { assertSoundFiles } from '../stage/in-volume.ts';
import { debianTemplate, environment, operationOn, tinyVm } from '../stage/manifests.ts';
import { containerId, leader, operatorIsThere } from '../stage/operator.ts';
import { getTemplate, openScene, type Scene } from '../stage/scene.ts';
import { counting, countsOn } from '../stage/ticks.ts';

const { pathname } = new URL(environment('DEBIAN_IMAGE_URL'));
const path = `/${SLOWLY}${pathname}`;
const imported = {
  apiVersion: 'hypersdk.io/v1alpha1',
  kind: 'VMImage',
  metadata: { name: 'imported' },
  spec: {
    source: { http: { url: environment('IMAGE_SERVER_URL') + path } },
    checksum: debianTemplate().spec.image.checksum,
  },
};
const data = { name: 'data', size: '64Mi' };
const steady = (running: boolean, size: string, ...others: (typeof data)[]) =>
  tinyVm('steady', { running, disks: [{ name: 'root', size }, ...others] });
const clone = operationOn('steady', 'clone');
const cloneSpec = { targetName: 'copy', mode: 'full', startAfterClone: true };

it('loses nothing when whoever works is killed while it works', { skip: foreign }, async (t) => {
  const scene = await openScene(t);
  const pod = await counting(scene, 'steady', steady(true, '256Mi', data).spec);
  await typeCommand(scene, pod, 'write data kept');
  await consoleLine(scene, pod, /^WROTE kept/);
  await typeCommand(scene, pod, 'fill 8');
  const sum = /[0-9a-f]{64}/.exec(await consoleLine(scene, pod, /^FILLED 8 SUM /))?.[0] ?? '';
  assert.notEqual(sum, '');

  await scene.apply(imported, steady(true, '512Mi', data), {
    ...clone,
    spec: { ...clone.spec, cloneSpec },
  });
  await Promise.all([killLauncherAndOperator(scene), killImporter(scene)]);
  await operatorIsThere();
  await scene.waitFor('condition=Ready', 'vmimg/imported');
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/steady-clone');
  await scene.waitFor('jsonpath={.status.disks[0].size}=512Mi', 'vm/steady');
  // A clone stands on its own and names no template.
  assert.equal((await getTemplate(scene, 'tiny')).status?.usageCount, 1);
  const image = await scene.get<VMImage>('vmimg', 'imported');
  assert.ok((image.status?.attempts ?? 0) >= 2, 'the importer was killed');
  const parts = (await downloadsOf(environment('HYPERSDK_INSTANCE'))).filter((one) => one.path === path);
  assert.ok(
    parts.some(({ status, range }) => status === 206 && /^bytes=[1-9]\d*-/.test(range)),
    JSON.stringify(parts),
  );

  await countsOn(scene, pod);
  await scene.waitFor('condition=Running', 'vm/copy');
  await consoleLine(scene, 'copy-1', /^READY/);
  for (const each of [pod, 'copy-1']) {
    await typeCommand(scene, each, 'sum');
    await consoleLine(scene, each, new RegExp(`^SUM ${sum}$`));
  }
  await unplug(scene, pod);
  await assertSound(scene, image.status?.pvc ?? '');
});

/** When there is something that another attempt can go on from. */
async function killImporter(scene: Scene): Promise<void> {
  const isUnderWay = ({ status }: VMImage): boolean => (status?.progress ?? 0) > 0;
  const { status } = await becomes<VMImage>(scene, 'vmimg/imported', isUnderWay);
  assert.notEqual(status?.phase, 'Ready');
  await kill(scene, 'app.kubernetes.io/name=image-import', 'importer');
}

async function killLauncherAndOperator(scene: Scene): Promise<void> {
  await Promise.all([
    kill(scene, 'hypersdk.io/vm=steady', 'launcher'),
    leader().then(containerId).then(crashContainer),
  ]);
}

async function unplug(scene: Scene, pod: string): Promise<void> {
  await Promise.all([scene.apply(steady(true, '512Mi')), killLauncherAndOperator(scene)]);
  await operatorIsThere();
  assert.match(await eventOf(scene, 'steady', 'DiskUnplugged'), /its claim steady-data and its data stay/);
  await scene.apply(steady(true, '512Mi', data));
  await scene.waitFor('jsonpath={.status.disks[?(@.name=="data")].size}=64Mi', 'vm/steady');
  await typeCommand(scene, pod, 'read data');
  await consoleLine(scene, pod, /^READ kept/);
  await countsOn(scene, pod);
}

/** As soon as it is seen to run. */
async function kill(scene: Scene, selector: string, container: string): Promise<void> {
  const each = '{.name} {.containerID} {.state.running.startedAt}{"\\n"}';
  const path = `jsonpath={range .items[*].status.containerStatuses[*]}${each}{end}`;
  const line = new RegExp(`^${container} (\\S+) \\S+$`, 'm');
  const running = async (): Promise<string | undefined> => {
    const lines = await scene.k('get', 'pods', `--selector=${selector}`, `--output=${path}`);
    return line.exec(lines)?.[1];
  };
  const until = `a pod with ${selector} runs`;
  await crashContainer(await waitFor({ until, seconds: 180, intervalMilliseconds: 20 }, running));
}

/** Of guests that are off, in pods that mount what theirs do. */
async function assertSound(scene: Scene, image: string): Promise<void> {
  await scene.apply(steady(false, '512Mi', data));
  await scene.k('patch', 'vm', 'copy', '--type=merge', '--patch', '{"spec":{"running":false}}');
  for (const vm of ['steady', 'copy']) await scene.waitFor('jsonpath={.status.phase}=Stopped', `vm/${vm}`);
  const golden = (await getTemplate(scene, 'tiny')).status?.pvc ?? '';
  await assertSoundFiles(scene, { '/volumes/root': 'steady-root', [`/images/${golden}`]: golden });
  await assertSoundFiles(scene, { '/volumes/root': 'copy-root' });
  await assertSoundFiles(scene, { '/volumes/image': image });
}
