import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GoldenImage } from '../image/golden-image.ts';
import { aTemplate } from '../testing/images.ts';
import { aVirtualMachine, NOW } from '../testing/machines.ts';
import type { ObservedTemplate } from './observed.ts';
import { planTemplate, type TemplatePlan } from './plan.ts';

const ready: GoldenImage = {
  type: 'ready',
  virtualSize: 128 * 1024 * 1024,
  time: NOW.toISOString(),
  attempts: 1,
};
const importing: GoldenImage = {
  type: 'importing',
  reason: 'Importing',
  message: 'The image is being downloaded',
  progress: 40,
  attempts: 1,
};
const failed = (isFinal: boolean): GoldenImage => ({
  type: 'failed',
  reason: 'ChecksumMismatch',
  message: 'sha256 is another',
  isFinal,
  attempts: 2,
});

function observed(
  state: GoldenImage = ready,
  changes: Partial<Omit<ObservedTemplate, 'image'>> = {},
): ObservedTemplate {
  return { template: aTemplate(), users: [], image: { name: 'image-a', state }, ...changes };
}

const deleted = aTemplate({
  metadata: { deletionTimestamp: NOW.toISOString() },
  status: { phase: 'Ready' },
});
const linked = aVirtualMachine({
  status: {
    disks: [{ name: 'root', chain: ['/volumes/root/disk.qcow2', '/images/image-a/image.qcow2'] }],
  },
});
const linkedBefore = aVirtualMachine({
  status: {
    disks: [{ name: 'root', chain: ['/volumes/root/disk.qcow2', '/images/image-z/image.qcow2'] }],
    template: { name: 'ubuntu', namespace: 'default', image: 'image-z' },
  },
});
const conditionOf = ({ status }: TemplatePlan, type: string) =>
  status.conditions!.find((condition) => condition.type === type)!;

interface Row {
  readonly when: string;
  readonly observed: ObservedTemplate;
  readonly finalizer?: TemplatePlan['finalizer'];
  readonly phase: string;
  readonly reason: string;
  readonly also?: (planned: TemplatePlan) => void;
}

const rows: Row[] = [
  {
    when: 'is held before anything is done for it',
    observed: observed(importing, { template: aTemplate({ metadata: { finalizers: [] } }) }),
    finalizer: 'add',
    phase: 'Importing',
    reason: 'Importing',
  },
  {
    when: 'shows the progress of its import',
    observed: observed(importing),
    phase: 'Importing',
    reason: 'Importing',
    also: (planned) => {
      assert.equal(planned.status.progress, 40);
      assert.equal(conditionOf(planned, 'Reconciling').status, 'True');
    },
  },
  {
    when: 'is ready when its image is there',
    observed: observed(),
    phase: 'Ready',
    reason: 'Imported',
    also: ({ status }) => {
      assert.deepEqual([status.ready, status.size, status.pvc], [true, '128Mi', 'image-a']);
      assert.equal(status.lastUpdated, NOW.toISOString());
    },
  },
  {
    when: 'has failed, and goes on',
    observed: observed(failed(false)),
    phase: 'Failed',
    reason: 'ChecksumMismatch',
    also: (planned) => {
      assert.equal(conditionOf(planned, 'Stalled').status, 'False');
      assert.equal(planned.status.attempts, 2);
    },
  },
  {
    when: 'has failed for good',
    observed: observed(failed(true)),
    phase: 'Failed',
    reason: 'ChecksumMismatch',
    also: (planned) => {
      assert.equal(conditionOf(planned, 'Stalled').status, 'True');
    },
  },
  {
    when: 'counts its VMs',
    observed: observed(ready, { users: [linked, aVirtualMachine()] }),
    phase: 'Ready',
    reason: 'Imported',
    also: ({ status }) => {
      assert.equal(status.usageCount, 2);
    },
  },
  {
    when: 'requires what nobody knows',
    observed: observed(ready, { template: aTemplate({ spec: { requiredFeatures: ['uefi', 'wings'] } }) }),
    phase: 'Ready',
    reason: 'Imported',
    also: (planned) => {
      const { status, reason, message } = conditionOf(planned, 'FeaturesKnown');
      assert.deepEqual([status, reason], ['False', 'UnknownFeature']);
      assert.match(message, /spec.requiredFeatures: no such feature: wings\. .*there are kvm, uefi/);
    },
  },
  {
    when: 'stays, when deleted, under a disk on the image that it had before',
    observed: observed(ready, { template: deleted, users: [linkedBefore] }),
    phase: 'Ready',
    reason: 'InUse',
  },
  {
    when: 'stays, when deleted, until no disk stands on it',
    observed: observed(ready, { template: deleted, users: [linked] }),
    phase: 'Ready',
    reason: 'InUse',
  },
];

describe('a template', () => {
  for (const { when, observed: seen, finalizer, phase, reason, also } of rows) {
    it(when, () => {
      const planned = planTemplate(seen, NOW);
      assert.equal(planned.finalizer, finalizer ?? 'leave');
      assert.equal(planned.status.phase, phase);
      assert.equal(conditionOf(planned, 'Ready').reason, reason);
      also?.(planned);
    });
  }

  it('is let go when it is deleted and nothing stands on it', () => {
    assert.equal(planTemplate(observed(ready, { template: deleted }), NOW).finalizer, 'remove');
  });

  it("does not wait for another namespace's disks, which stand on an image there", () => {
    const elsewhere = aVirtualMachine({ ...linked, metadata: { namespace: 'team-a' } });
    const planned = planTemplate(observed(ready, { template: deleted, users: [elsewhere] }), NOW);
    assert.equal(planned.finalizer, 'remove');
  });
});
