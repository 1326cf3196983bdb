import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GoldenImage } from '../../image/golden-image.ts';
import { imageName, templateOwnWish } from '../../image/wish.ts';
import { STANDS_ON } from '../../ownership.ts';
import { aClaim, anObservation, aVirtualMachine, NOW } from '../../testing/machines.ts';
import { aTemplate } from '../../testing/images.ts';
import { resolveDisks } from '../disks/disks.ts';
import type { Observed } from '../observed.ts';
import { planStart } from '../plan/start.ts';
import { templateStatus } from './template.ts';

const templateRef = { name: 'ubuntu' };
const first = aTemplate({ spec: { version: '1', defaultSpec: { memory: '2Gi' } } });
const second = aTemplate({
  spec: { version: '2', image: { source: { http: { url: 'http://images.test/second.qcow2' } } } },
});
const [oldImage, newImage] = [imageName(templateOwnWish(first)!), imageName(templateOwnWish(second)!)];
const ready: GoldenImage = { type: 'ready', virtualSize: 1024, time: NOW.toISOString(), attempts: 1 };
const importing: GoldenImage = {
  ...{ type: 'importing', reason: 'Importing', message: 'It comes', progress: 1, attempts: 1 },
};

const fresh = aVirtualMachine({ spec: { memory: undefined, image: { templateRef } } });
const made = aVirtualMachine({
  spec: { image: { templateRef } },
  status: {
    disks: [{ name: 'root', format: 'qcow2' }],
    template: { name: 'ubuntu', namespace: 'default', version: '1', image: oldImage },
  },
});
const linkedClaim = aClaim();
linkedClaim.metadata.annotations![STANDS_ON] = oldImage;

/** Made from the first version of the template, which has become the second. */
const changed = (isLinked: boolean): Observed =>
  anObservation({
    vm: made,
    template: second,
    claims: new Map([['web-root', isLinked ? linkedClaim : aClaim()]]),
    image: isLinked ? { name: oldImage, state: ready } : { name: newImage, state: importing },
  });

describe('a VM of a template', () => {
  it('says of which version it is, and what it has from there', () => {
    assert.deepEqual(templateStatus(anObservation({ vm: fresh, template: first })), {
      ...{ name: 'ubuntu', namespace: 'default', version: '1', image: oldImage },
      inherited: [{ field: 'memory', value: '2Gi' }],
    });
  });

  it('follows its template until its disk is made', () => {
    const waiting = aVirtualMachine({ ...fresh, status: { template: made.status!.template } });
    const told = templateStatus(anObservation({ vm: waiting, template: second }));
    assert.deepEqual([told?.version, told?.image], ['2', newImage]);
  });

  for (const isLinked of [true, false]) {
    const kind = isLinked ? 'linked' : 'copied';
    it(`remembers the version that its ${kind} disk was made from`, () => {
      const told = templateStatus(changed(isLinked));
      assert.deepEqual([told?.version, told?.image], ['1', oldImage]);
    });
  }

  it('remembers all of it when the template cannot be found', () => {
    assert.deepEqual(templateStatus(anObservation({ vm: made })), made.status?.template);
  });

  it('says nothing when it names none', () => {
    assert.equal(templateStatus(anObservation()), undefined);
  });
});

describe('a template that has another image', () => {
  it('leaves a linked disk on the image that it stands on', () => {
    const [root] = resolveDisks(changed(true));
    assert.deepEqual(root?.source, { type: 'golden', claim: oldImage, clone: 'linked' });
    assert.equal(
      planStart(changed(true), { desired: 'On', since: NOW.toISOString(), by: 'spec' }, NOW).status.phase,
      'Creating',
    );
  });

  it('is not waited for by a disk that was copied from the image before', () => {
    const [root] = resolveDisks(changed(false));
    assert.deepEqual(root?.source, { type: 'existing', bases: [] });
    assert.equal(
      planStart(changed(false), { desired: 'On', since: NOW.toISOString(), by: 'spec' }, NOW).status.phase,
      'Creating',
    );
  });

  it('leaves the size of a disk that it gave', () => {
    const claim = { ...aClaim(), spec: { resources: { requests: { storage: '3Gi' } } } };
    const recommended = { ...second.spec, recommendedResources: { minDiskSize: '8Gi' } };
    const [root] = resolveDisks({
      ...changed(false),
      spec: { ...changed(false).spec, disks: [] },
      template: { ...second, spec: recommended },
      claims: new Map([['web-root', claim]]),
    });
    assert.equal(root?.size, '3Gi');
  });
});
