import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ImportState, VMTemplate } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { aStorageClass, aTemplate, aVirtualMachine, config, NOW } from '../testing/machines.ts';
import type { ObservedTemplate } from './observed.ts';
import type { TemplatePlan } from './actions.ts';
import { planTemplate } from './plan.ts';

const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);
const claim = { metadata: { name: 'ubuntu-image', namespace: 'default' } };
const result: ImportState = { phase: 'Ready', downloaded: 10, virtualSize: 128 * 1024 * 1024 };
const failure: ImportState = {
  phase: 'Failed',
  downloaded: 0,
  problem: { reason: 'ChecksumMismatch', message: 'sha256 is another' },
};

function observed(changes: Partial<ObservedTemplate> = {}): ObservedTemplate {
  return {
    template: aTemplate(),
    claim: undefined,
    pods: [],
    users: [],
    progress: undefined,
    storageClasses: [],
    config,
    ...changes,
  };
}

function importer(ended?: { exitCode: number; state: ImportState }): Pod {
  const terminated = ended && {
    exitCode: ended.exitCode,
    finishedAt: NOW.toISOString(),
    message: JSON.stringify(ended.state),
  };
  const state = terminated ? { terminated } : { running: {} };
  return {
    metadata: { name: 'ubuntu-import-1', namespace: 'default', uid: 'p' },
    status: {
      containerStatuses: [{ name: 'importer', image: '', imageID: '', ready: true, restartCount: 0, state }],
    },
  };
}

const attempted = (attempts: number): VMTemplate => aTemplate({ status: { phase: 'Importing', attempts } });
const ready = aTemplate({ status: { phase: 'Ready', ready: true, attempts: 1 } });
const linked = aVirtualMachine({
  status: {
    disks: [{ name: 'root', chain: ['/volumes/root/disk.qcow2', '/images/ubuntu-image/image.qcow2'] }],
  },
});

interface Row {
  readonly when: string;
  readonly observed: ObservedTemplate;
  readonly now?: Date;
  readonly actions: readonly string[];
  readonly phase: string;
  readonly reason: string;
  readonly also?: (planned: TemplatePlan) => void;
}

const rows: Row[] = [
  {
    when: 'gets a volume and an importer',
    observed: observed(),
    actions: ['createClaim', 'createImporter'],
    phase: 'Importing',
    reason: 'Importing',
    also: ({ status }) => {
      assert.equal(status.attempts, 1);
    },
  },
  {
    when: 'gets its importer once a volume that its class binds at once is bound',
    observed: observed({ claim, storageClasses: [aStorageClass('Immediate')] }),
    actions: [],
    phase: 'Importing',
    reason: 'WaitingForVolume',
    also: ({ status }) => {
      assert.equal(status.attempts, undefined);
    },
  },
  {
    when: 'shows the progress of its import',
    observed: observed({
      template: attempted(1),
      claim,
      pods: [importer()],
      progress: { phase: 'Downloading', downloaded: 4, progress: 40 },
    }),
    actions: [],
    phase: 'Importing',
    reason: 'Importing',
    also: ({ status, requeueAfter }) => {
      assert.equal(status.progress, 40);
      assert.equal(requeueAfter, 1000);
    },
  },
  {
    when: 'is ready when the importer has succeeded',
    observed: observed({ template: attempted(1), claim, pods: [importer({ exitCode: 0, state: result })] }),
    actions: [],
    phase: 'Ready',
    reason: 'Imported',
    also: ({ status }) => {
      assert.deepEqual([status.ready, status.size, status.pvc], [true, '128Mi', 'ubuntu-image']);
    },
  },
  {
    when: 'clears its importer away',
    observed: observed({ template: ready, claim, pods: [importer({ exitCode: 0, state: result })] }),
    actions: ['deletePod'],
    phase: 'Ready',
    reason: 'Imported',
  },
  {
    when: 'says why an import failed, and when it is tried again',
    observed: observed({ template: attempted(1), claim, pods: [importer({ exitCode: 1, state: failure })] }),
    actions: [],
    phase: 'Failed',
    reason: 'ChecksumMismatch',
    also: ({ requeueAfter }) => {
      assert.equal(requeueAfter, 10_000);
    },
  },
  {
    when: 'tries again when the back-off is over',
    observed: observed({ template: attempted(1), claim, pods: [importer({ exitCode: 1, state: failure })] }),
    now: later(10),
    actions: ['deletePod'],
    phase: 'Failed',
    reason: 'ChecksumMismatch',
  },
  {
    when: 'gives up after five attempts',
    observed: observed({ template: attempted(5), claim, pods: [importer({ exitCode: 1, state: failure })] }),
    now: later(10_000),
    actions: [],
    phase: 'Failed',
    reason: 'ChecksumMismatch',
    also: ({ status }) => {
      assert.equal(status.conditions!.find(({ type }) => type === 'Stalled')!.status, 'True');
    },
  },
  {
    when: 'counts its VMs',
    observed: observed({ template: ready, claim, users: [linked, aVirtualMachine()] }),
    actions: [],
    phase: 'Ready',
    reason: 'Imported',
    also: ({ status }) => {
      assert.equal(status.usageCount, 2);
    },
  },
  {
    when: 'is not imported a second time under disks that stand on it',
    observed: observed({ template: ready, users: [linked] }),
    actions: [],
    phase: 'Failed',
    reason: 'ClaimLost',
  },
  {
    when: 'is imported again when its volume is gone and nothing stands on it',
    observed: observed({ template: ready }),
    actions: ['createClaim', 'createImporter'],
    phase: 'Importing',
    reason: 'Importing',
  },
  {
    when: 'names a source that nothing implements',
    observed: observed({
      template: aTemplate({ spec: { image: { source: { pvc: { name: 'x' } } } } }),
    }),
    actions: [],
    phase: 'Failed',
    reason: 'NotImplemented',
  },
  {
    when: 'stays, when deleted, until no disk stands on it',
    observed: observed({
      template: aTemplate({ metadata: { deletionTimestamp: NOW.toISOString() }, status: { phase: 'Ready' } }),
      claim,
      users: [linked],
    }),
    actions: [],
    phase: 'Ready',
    reason: 'InUse',
  },
];

describe('a template', () => {
  for (const { when, observed: seen, now, actions, phase, reason, also } of rows) {
    it(when, () => {
      const planned = planTemplate(seen, now ?? NOW);
      assert.deepEqual(
        planned.actions.map(({ type }) => type),
        actions,
      );
      assert.equal(planned.status.phase, phase);
      assert.equal(planned.status.conditions!.find(({ type }) => type === 'Ready')!.reason, reason);
      also?.(planned);
    });
  }

  it('is let go when it is deleted and nothing stands on it', () => {
    const template = aTemplate({ metadata: { deletionTimestamp: NOW.toISOString() } });
    assert.deepEqual(planTemplate(observed({ template }), NOW).actions, [{ type: 'removeFinalizer' }]);
  });
});
