/**
 * Guarantee: deleting a VM powers the guest down and leaves nothing of it; what it was given, and what others stand
 * on, is not deleted with it.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { consoleLine } from './stage/guest-console.ts';
import { tinyTemplate, tinyVm } from './stage/manifests.ts';
import { getTemplate, openScene } from './stage/scene.ts';

describe('deletion', () => {
  it('of a running VM powers it down and leaves nothing', async (t) => {
    const scene = await openScene(t);
    await scene.apply(tinyTemplate(), tinyVm('leaves'));
    await scene.waitFor('condition=Running', 'vm/leaves');
    await consoleLine(scene, 'leaves-1', /BOOTS/);
    const goodbye = consoleLine(scene, 'leaves-1', /GUEST-DOWN/);
    await scene.k('delete', 'vm', 'leaves', '--timeout=60s');
    await goodbye;
    await scene.waitFor('delete', 'pvc/leaves-root');
    const left = await scene.k('get', 'pods,pvc,secrets', '--output', 'name');
    assert.equal(left, 'persistentvolumeclaim/tiny-image');
  });

  it('keeps a disk whose policy is Keep', async (t) => {
    const scene = await openScene(t);
    const disks = [{ name: 'root', size: '256Mi', deletePolicy: 'Keep' as const }];
    await scene.apply(tinyTemplate(), tinyVm('keeps', { disks }));
    await scene.waitFor('condition=Running', 'vm/keeps');
    await scene.k('delete', 'vm', 'keeps', '--timeout=60s');
    assert.match(await scene.k('get', 'pvc', '--output', 'name'), /keeps-root/);
  });

  it('of a template waits for the disks that stand on it', async (t) => {
    const scene = await openScene(t);
    await scene.apply(tinyTemplate(), tinyVm('stands'));
    await scene.waitFor('condition=Running', 'vm/stands');
    await scene.k('delete', 'vmt', 'tiny', '--wait=false');
    await scene.waitFor('condition=Stalled', 'vmt/tiny');
    const stalled = (await getTemplate(scene, 'tiny')).status?.conditions?.find(
      ({ type }) => type === 'Stalled',
    );
    assert.match(stalled?.message ?? '', /stands/);
    await scene.k('delete', 'vm', 'stands', '--timeout=60s');
    await scene.waitFor('delete', 'vmt/tiny');
    await scene.waitFor('delete', 'pvc/tiny-image');
  });
});
