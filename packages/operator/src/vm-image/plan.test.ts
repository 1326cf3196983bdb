import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findCondition } from '@hypersdk/api';
import type { GoldenImage } from '../image/golden-image.ts';
import { aVmImage } from '../testing/images.ts';
import { aClaim, aVirtualMachine, NOW } from '../testing/machines.ts';
import type { ObservedVmImage } from './observed.ts';
import { planVmImage, type VmImagePlan } from './plan.ts';

const checksum = `sha256:${'a'.repeat(64)}`;
const ready: GoldenImage = {
  type: 'ready',
  virtualSize: 128 * 1024 * 1024,
  time: NOW.toISOString(),
  attempts: 1,
  checksum,
};
const importing = { type: 'importing', reason: 'Importing', message: 'It comes', attempts: 1 } as const;
const failed = (isFinal: boolean): GoldenImage => ({
  type: 'failed',
  reason: 'NotFound',
  message: 'The server answered 404',
  isFinal,
  attempts: 1,
});

function observed(
  state: GoldenImage,
  changes: Partial<Omit<ObservedVmImage, 'image'>> = {},
): ObservedVmImage {
  return { vmImage: aVmImage(), users: [], dependents: [], image: { name: 'image-a', state }, ...changes };
}

const deleted = aVmImage({ metadata: { deletionTimestamp: NOW.toISOString() }, status: { phase: 'Ready' } });
const condition = ({ status }: VmImagePlan, type: string) => findCondition(status.conditions, type);

interface Row {
  readonly when: string;
  readonly observed: ObservedVmImage;
  readonly finalizer?: VmImagePlan['finalizer'];
  readonly phase: string;
  readonly reason: string;
  readonly stalled?: true;
}

const rows: Row[] = [
  {
    when: 'is held before anything is done for it',
    observed: observed(
      { ...importing, progress: undefined },
      { vmImage: aVmImage({ metadata: { finalizers: [] } }) },
    ),
    finalizer: 'add',
    phase: 'Pending',
    reason: 'Importing',
  },
  {
    when: 'is Importing while it is downloaded',
    observed: observed({ ...importing, step: 'Downloading', progress: 40 }),
    phase: 'Importing',
    reason: 'Importing',
  },
  {
    when: 'is Preparing while it is converted',
    observed: observed({ ...importing, step: 'Converting', progress: 90 }),
    phase: 'Preparing',
    reason: 'Importing',
  },
  { when: 'has failed, and goes on', observed: observed(failed(false)), phase: 'Failed', reason: 'NotFound' },
  {
    when: 'has failed for good',
    observed: observed(failed(true)),
    phase: 'Failed',
    reason: 'NotFound',
    stalled: true,
  },
  {
    when: 'is Pending while a client is to send it',
    observed: observed({
      ...importing,
      ...{ step: 'AwaitingUpload', reason: 'AwaitingUpload' },
      progress: undefined,
    }),
    phase: 'Pending',
    reason: 'AwaitingUpload',
  },
  {
    when: 'stays, when deleted, while a disk stands on it',
    observed: observed(ready, { vmImage: deleted, dependents: [aClaim()] }),
    phase: 'Ready',
    reason: 'InUse',
    stalled: true,
  },
];

describe('a VMImage', () => {
  for (const { when, observed: seen, finalizer, phase, reason, stalled } of rows) {
    it(when, () => {
      const planned = planVmImage(seen, NOW);
      assert.equal(planned.finalizer, finalizer ?? 'leave');
      assert.equal(planned.status.phase, phase);
      assert.equal(condition(planned, 'Ready')?.reason, reason);
      assert.equal(condition(planned, 'Stalled')?.status, stalled ? 'True' : 'False');
    });
  }

  it('tells what was imported', () => {
    const { status } = planVmImage(observed(ready), NOW);
    assert.deepEqual(
      [status.phase, status.progress, status.virtualSize, status.pvc, status.checksum],
      ['Ready', 100, '128Mi', 'image-a', checksum],
    );
  });

  it('says where it is uploaded for as long as that is awaited', () => {
    const upload = { service: 'image-a-upload', secret: 'image-a-upload', received: 7 };
    const awaiting = planVmImage(observed({ ...importing, progress: undefined, upload }), NOW).status;
    assert.deepEqual(awaiting.upload, upload);
    const vmImage = aVmImage({ status: awaiting });
    assert.equal(planVmImage(observed(ready, { vmImage }), NOW).status.upload, undefined);
  });

  it('keeps the progress that it had while its importer does not answer', () => {
    const vmImage = aVmImage({ status: { phase: 'Importing', progress: 40 } });
    const state: GoldenImage = { ...importing, step: 'Downloading', progress: undefined };
    assert.equal(planVmImage(observed(state, { vmImage }), NOW).status.progress, 40);
  });

  it('names who uses it', () => {
    const seen = observed(ready, { users: [aVirtualMachine()], dependents: [aClaim()] });
    const planned = planVmImage(seen, NOW);
    assert.equal(planned.status.usageCount, 1);
    assert.match(condition(planned, 'InUse')?.message ?? '', /VMs .*: web; disks .*: web-root/);
    assert.equal(condition(planVmImage(observed(ready), NOW), 'InUse')?.status, 'False');
  });

  it('is let go when it is deleted and no disk stands on it, whoever names it', () => {
    const seen = observed(ready, { vmImage: deleted, users: [aVirtualMachine()] });
    assert.equal(planVmImage(seen, NOW).finalizer, 'remove');
  });
});
