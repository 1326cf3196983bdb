/**
 * Guarantee: whatever is wrong with an object is said on that object, in words that name the cause, and no other VM
 * waits for it.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findCondition, type VMTemplate } from '@hypersdk/api';
import { becomes } from './stage/becomes.ts';
import { refused } from './stage/kubectl.ts';
import { tinyTemplate, tinyVm } from './stage/manifests.ts';
import { getVm, openScene } from './stage/scene.ts';
import { stringify } from 'yaml';

describe('bad input', () => {
  it('is refused by the API server where the schema can know it', async (t) => {
    const scene = await openScene(t);
    const apply = (spec: object): Promise<string> =>
      refused(['--namespace', scene.namespace, 'apply', '--filename', '-'], {
        input: stringify(tinyVm('bad', spec)),
      });
    assert.match(await apply({ cpus: 0 }), /spec\.cpus/);
    assert.match(await apply({ memory: 'lots' }), /spec\.memory/);
    assert.match(await apply({ running: true, runStrategy: 'Always' }), /spec\.runStrategy/);
  });

  it('in an image is said on its template, and another VM does not wait for it', async (t) => {
    const scene = await openScene(t);
    const wrong = tinyTemplate({ checksum: { type: 'sha256', value: '0'.repeat(64) } });
    await scene.apply(
      { ...wrong, metadata: { name: 'wrong' } },
      tinyVm('waits', { image: { templateRef: { name: 'wrong' } } }),
    );
    await scene.apply(tinyTemplate(), tinyVm('goes-on'));
    await becomes<VMTemplate>(
      scene,
      'vmt/wrong',
      ({ status }) =>
        status?.phase === 'Failed' &&
        findCondition(status.conditions, 'Ready')?.reason === 'ChecksumMismatch',
    );
    await scene.waitFor('condition=Running', 'vm/goes-on');
    const waiting = await getVm(scene, 'waits');
    assert.equal(waiting.status?.phase, 'Pending');
    assert.match(findCondition(waiting.status.conditions, 'Ready')?.message ?? '', /wrong is not ready/);
  });

  it('in a reference is named, and the VM starts once it is mended', async (t) => {
    const scene = await openScene(t);
    await scene.apply(tinyVm('early'));
    await scene.waitFor('condition=Stalled', 'vm/early');
    assert.match(
      findCondition((await getVm(scene, 'early')).status?.conditions, 'Stalled')?.message ?? '',
      /VMTemplate \S+\/tiny does not exist/,
    );
    await scene.apply(tinyTemplate());
    await scene.waitFor('condition=Running', 'vm/early');
  });

  it("that no node can meet leaves the VM Pending with the scheduler's words", async (t) => {
    const scene = await openScene(t);
    await scene.apply(tinyTemplate(), tinyVm('huge', { memory: '4Ti' }));
    await scene.waitFor('jsonpath={.status.conditions[?(@.type=="Ready")].reason}=Unschedulable', 'vm/huge');
    assert.match(
      findCondition((await getVm(scene, 'huge')).status?.conditions, 'Ready')?.message ?? '',
      /Insufficient memory/,
    );
  });
});
