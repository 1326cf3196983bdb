/**
 * Guarantee: an image comes from where its user says, in any format, once for all who want it in a namespace, and goes when
 * nobody does; a VMImage stays while a disk stands on it. A CD-ROM is ejected from a running guest, and inserted.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findCondition, type VMImage } from '@hypersdk/api';
import { documented, type } from './stage/documents.ts';
import { eventOf } from './stage/events.ts';
import { consoleLine } from './stage/guest-console.ts';
import { mediumInstead, registryInstead, tinyInstead } from './stage/instead.ts';
import { environment, operationOn, tinyTemplate, tinyVm } from './stage/manifests.ts';
import { getTemplate, getVm, openScene, type Scene } from './stage/scene.ts';

/** The claim of README's image serves another VMImage of the same, and none of another class. */
async function isImportedOnceForEachClass(scene: Scene, golden: string): Promise<void> {
  const { spec, ...image } = documented('README', 'VMImage/debian-13', tinyInstead());
  await scene.apply(
    { ...image, metadata: { name: 'again' }, spec },
    { ...image, metadata: { name: 'elsewhere' }, spec: { ...spec, storageClass: 'shared' } },
  );
  for (const name of ['again', 'elsewhere']) await scene.waitFor('condition=Ready', `vmimg/${name}`);
  const [again, elsewhere] = await Promise.all(
    ['again', 'elsewhere'].map((name) => scene.get<VMImage>('vmimg', name)),
  );
  assert.equal(`persistentvolumeclaim/${again?.status?.pvc ?? ''}`, golden);
  assert.notEqual(elsewhere?.status?.pvc, again?.status?.pvc);
  // Its claim is what the installer's disk stands on, so it goes with that.
  await scene.k('delete', 'vmimg', 'again', '--wait=false');
  await scene.k('delete', 'vmimg', 'elsewhere', '--timeout=60s');
}

const claims = ({ k }: Scene): Promise<string> => k('get', 'pvc', '--output', 'name');

describe('an image', () => {
  it('of a container disk boots the VM that names it, and goes with it', async (t) => {
    const scene = await openScene(t);
    await scene.apply(documented('images', 'VirtualMachine/contained', registryInstead()));
    await scene.waitFor('condition=Running', 'vm/contained');
    await consoleLine(scene, 'contained-1', /GUEST-UP/);
    const [, image = ''] = /(persistentvolumeclaim\/image-\w+)/.exec(await claims(scene)) ?? [];
    const [disk] = (await getVm(scene, 'contained')).status?.disks ?? [];
    assert.match(disk?.chain?.[1] ?? '', new RegExp(image.slice(image.indexOf('/'))));
    await scene.k('delete', 'vm', 'contained', '--timeout=60s');
    await scene.waitFor('delete', image);
    assert.equal(await scene.k('get', 'pods,pvc,secrets', '--output', 'name'), '');
  });

  it('of a VMImage is shared with a CD-ROM that is ejected and inserted, and held by the disk on it', async (t) => {
    const scene = await openScene(t);
    const installer = documented('README', 'VirtualMachine/installer', mediumInstead());
    await scene.apply(documented('README', 'VMImage/debian-13', tinyInstead()), installer);
    await scene.waitFor('condition=Running', 'vm/installer');
    await consoleLine(scene, 'installer-1', /GUEST-UP/);
    const { status } = await scene.get<VMImage>('vmimg', 'debian-13');
    const names = (await claims(scene)).trim().split('\n').sort();
    const golden = `persistentvolumeclaim/${status?.pvc ?? ''}`;
    const cd = `installer.tools.${status?.pvc ?? ''}`;
    const own = ['installer-root', cd].map((claim) => `persistentvolumeclaim/${claim}`);
    assert.deepEqual(names, [golden, ...own]);
    assert.deepEqual([status?.phase, status?.progress, status?.usageCount], ['Ready', 100, 1]);
    await isImportedOnceForEachClass(scene, golden);

    await type(scene, 'disks', 'kubectl patch vm installer');
    assert.match(await eventOf(scene, 'installer', 'DiskUnplugged'), /Disk tools was taken off/);
    await scene.apply(installer);
    await scene.waitFor(`jsonpath={.status.disks[?(@.name=="tools")].pvc}=${cd}`, 'vm/installer');
    const another = JSON.stringify([
      { op: 'replace', path: '/spec/disks/1/source', value: { image: { name: 'debian-13' } } },
    ]);
    await scene.k('patch', 'vm', 'installer', '--type=json', '--patch', another);
    // This one is new to the VM's pod.
    await scene.waitFor(
      'jsonpath={.status.disks[?(@.name=="tools")].pvc}=installer.tools.debian-13',
      'vm/installer',
    );
    const { disks, podName, restartAwaitingChanges } = (await getVm(scene, 'installer')).status ?? {};
    const [served = ''] = disks?.find(({ name }) => name === 'tools')?.chain ?? [];
    assert.match(served, /^nbd:tools\.[0-9a-f]{8}$/);
    assert.deepEqual([podName, restartAwaitingChanges], ['installer-1', []]);
    await scene.waitFor('condition=Ready', 'vm/installer');
    await type(scene, 'disks', 'kubectl patch vm installer');
    await scene.waitFor('delete', `pod/installer-1.${served.slice('nbd:'.length)}`);

    await scene.k('delete', 'vmimg', 'debian-13', '--wait=false');
    await scene.waitFor('condition=Stalled', 'vmimg/debian-13');
    const held = await scene.get<VMImage>('vmimg', 'debian-13');
    assert.match(findCondition(held.status?.conditions, 'InUse')?.message ?? '', /installer-root/);
    await scene.k('delete', 'vm', 'installer', '--timeout=60s');
    for (const name of ['debian-13', 'again']) await scene.waitFor('delete', `vmimg/${name}`);
    await scene.waitFor('delete', golden);
  });

  it('comes in any format, packed or not, onto any volume, and is not copied over what its guest wrote', async (t) => {
    const scene = await openScene(t);
    const formats = ['raw-gz', 'vmdk', 'vdi', 'vhdx'];
    const templates = formats.map((format) => {
      const source = { http: { url: `${environment('IMAGE_SERVER_URL')}/tiny.${format.replace('-', '.')}` } };
      return { ...tinyTemplate({ source, checksum: undefined }), metadata: { name: format } };
    });
    const image = { templateRef: { name: 'vhdx' } };
    const disks = [{ name: 'root', size: '76Mi', volumeMode: 'Block' as const }];
    await scene.apply(...templates, tinyVm('converted', { image, disks, running: true }));
    for (const name of formats) {
      await scene.waitFor('condition=Ready', `vmt/${name}`);
      assert.equal((await getTemplate(scene, name)).status?.size, '76Mi', name);
    }
    await consoleLine(scene, 'converted-1', /^BOOTS 1$/);
    await scene.apply(operationOn('converted', 'restart'));
    await scene.waitFor('jsonpath={.status.podName}=converted-2', 'vm/converted');
    await consoleLine(scene, 'converted-2', /^BOOTS 2$/);
    const [root] = (await getVm(scene, 'converted')).status?.disks ?? [];
    assert.equal(root?.format, 'raw');
  });

  it('of a template in another namespace is imported where it is used, once that is allowed', async (t) => {
    const [owner, user] = [await openScene(t), await openScene(t)];
    await owner.apply(tinyTemplate());
    await owner.waitFor('condition=Ready', 'vmt/tiny');
    const templateRef = { name: 'tiny', namespace: owner.namespace };
    // More than any node has: that it would start is all that is asked here.
    await user.apply(tinyVm('guest', { image: { templateRef }, memory: '4Ti' }));
    await user.waitFor('condition=Stalled', 'vm/guest');
    const stalled = findCondition((await getVm(user, 'guest')).status?.conditions, 'Stalled');
    assert.equal(stalled?.reason, 'TemplateNotFound');
    assert.equal(await claims(user), '');

    const share = JSON.stringify({ spec: { sharedWith: [user.namespace] } });
    await owner.k('patch', 'vmt', 'tiny', '--type=merge', '--patch', share);
    await user.waitFor('jsonpath={.status.conditions[?(@.type=="Ready")].reason}=Unschedulable', 'vm/guest');
    const { status } = await getTemplate(owner, 'tiny');
    assert.equal(status?.usageCount, 1);
    assert.match(await claims(user), new RegExp(`/${status.pvc ?? 'none'}`));
  });
});
