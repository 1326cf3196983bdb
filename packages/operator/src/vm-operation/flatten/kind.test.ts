import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MachinePaths, type Disk, type VirtualMachine, type VMOperation } from '@hypersdk/api';
import type { OwnerReference, PersistentVolumeClaim, Pod } from '@hypersdk/kube';
import { STANDS_ON } from '../../ownership.ts';
import { anObservation, aVirtualMachine, config, NOW, UID } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { aWorker } from '../../testing/worker-pods.ts';
import { resolveDisks } from '../../virtual-machine/disks/disks.ts';
import type { WorkAction } from '../actions.ts';
import type { ObservedFlatten } from './observed.ts';
import { planOperation } from '../plan.ts';
import { flattenKind } from './kind.ts';

const OPERATION = 'op-flatten';
const owner = (name: string, uid: string): OwnerReference => ({
  ...{ apiVersion: 'hypersdk.io/v1alpha1', kind: 'VirtualMachine', name, uid },
});
const web = owner('web', UID);
const source = owner('source', 'source-uid');
const disk: Disk = {
  ...{ name: 'root', size: '1Gi', type: 'disk', accessMode: 'ReadWriteOnce', volumeMode: 'Filesystem' },
  ...{ cloneMode: 'linked', source: { clone: { vmRef: { name: 'source' }, disk: 'root' } } },
};
const own = `${MachinePaths.volumes}/root/disk.qcow2`;
const below = `${MachinePaths.images}/source-root/layer-a.qcow2`;

const vm = (status: VirtualMachine['status']): VirtualMachine =>
  aVirtualMachine({ spec: { disks: [disk] }, status });
const running = (chain: string[], flattening?: number): VirtualMachine =>
  vm({ phase: 'Running', disks: [{ name: 'root', chain, ...(flattening !== undefined && { flattening }) }] });
const stopped = vm({ phase: 'Stopped' });
const held = vm({ phase: 'Stopped', disksHeldFor: OPERATION });

const claim = (
  name: string,
  ownerReferences: OwnerReference[],
  annotations: Record<string, string> = {},
): [string, PersistentVolumeClaim] => [
  name,
  { metadata: { name, namespace: 'default', ownerReferences, annotations } },
];
const linked = (baseOwners = [source, web]): Map<string, PersistentVolumeClaim> =>
  new Map([
    claim('web-root', [web], { [STANDS_ON]: 'source-root,golden' }),
    claim('source-root', baseOwners),
    claim('golden', []),
  ]);
const alone = new Map([claim('web-root', [web])]);

const operation = (disks?: string[], status?: VMOperation['status']): VMOperation =>
  anOperation('flatten', { spec: disks ? { flattenSpec: { disks } } : {}, status });
const begun = operation(undefined, { phase: 'Running', startTime: NOW.toISOString(), vmUid: UID });

function observe(changes: Partial<ObservedFlatten>): ObservedFlatten {
  const { claims = linked(), vm: of = stopped } = changes;
  const disks = resolveDisks({ ...anObservation({ vm: of }), claims });
  const rest = { copier: undefined, progress: undefined, abandoned: new Set<string>(), others: [] };
  return { ...rest, operation: begun, vm: of, disks, config, place: {}, snapshots: [], ...changes, claims };
}

const copier = (exitCode: number, state: object): Pod => aWorker('web-flatten', { exitCode, state });
const done = copier(0, { phase: 'Ready', progress: 100 });
const working = aWorker('web-flatten');
const full = { reason: 'NoSpace', message: 'The volume is full' };

function named(action: WorkAction): string {
  if ('claim' in action) return `${action.type} ${action.claim.metadata.name}`;
  return 'pod' in action ? `${action.type} ${action.pod.metadata.name}` : action.type;
}

interface Row {
  readonly when: string;
  readonly observed: ObservedFlatten;
  readonly phase: string;
  readonly progress?: number;
  readonly message?: RegExp;
  readonly actions?: string[];
}
const letGo = ['keepClaim source-root', 'standAlone web-root'];

const rows: Row[] = [
  { when: 'the guest is off, it begins', observed: observe({ operation: operation() }), phase: 'Running' },
  {
    when: 'a disk is named that the VM does not have, it is refused',
    observed: observe({ operation: operation(['data']) }),
    phase: 'Failed',
    message: /no disk data; it has root/,
  },
  {
    when: 'a snapshot stands on the layers, it is refused',
    observed: observe({ operation: operation(), snapshots: ['nightly'] }),
    phase: 'Failed',
    message: /VMSnapshots need what the disks stand on: nightly\. Delete them first/,
  },
  {
    when: 'the guest is on its way, it is refused',
    observed: observe({ operation: operation(), vm: vm({ phase: 'Creating' }) }),
    phase: 'Failed',
    message: /is Creating: stop or start it first/,
  },
  {
    when: 'no disk stands on another, it is done',
    observed: observe({ claims: alone }),
    phase: 'Succeeded',
  },
  { when: 'the disks are not free yet, it waits', observed: observe({}), phase: 'Running' },
  {
    when: 'they are held, a pod works on them',
    observed: observe({ vm: held }),
    phase: 'Running',
    actions: ['createWorker web-flatten'],
  },
  {
    when: 'that has done its work, what they stood on is let go of',
    observed: observe({ vm: held, copier: done }),
    phase: 'Running',
    actions: letGo,
  },
  {
    when: 'its volume is full, it has failed',
    observed: observe({ vm: held, copier: copier(1, { phase: 'Failed', progress: 3, problem: full }) }),
    phase: 'Failed',
    message: /The volume is full/,
  },
  {
    when: 'the guest runs, its launcher does it, and how far it is is told',
    observed: observe({ vm: running([own, below], 40) }),
    phase: 'Running',
    progress: 40,
  },
  {
    when: 'its launcher has done it, what the disks stood on is let go of',
    observed: observe({ vm: running([own]) }),
    phase: 'Running',
    actions: letGo,
  },
  {
    when: 'the VM is the last that kept what is gone, that goes, too',
    observed: observe({ vm: running([own]), claims: linked([web]), abandoned: new Set(['source-root']) }),
    phase: 'Running',
    actions: ['deleteClaim source-root', 'standAlone web-root'],
  },
  {
    when: 'its VM may still want it, it stays where it is',
    observed: observe({ vm: running([own]), claims: linked([web]) }),
    phase: 'Running',
    actions: ['standAlone web-root'],
  },
  {
    when: 'the guest went off midway, a pod goes on',
    observed: observe({ vm: vm({ ...held.status, disks: [{ name: 'root', chain: [own, below] }] }) }),
    phase: 'Running',
    actions: ['createWorker web-flatten'],
  },
  {
    when: 'a snapshot was begun with it and the chain is seen flat, what the snapshot stands on stays',
    observed: observe({ vm: running([own]), snapshots: ['nightly'] }),
    phase: 'Failed',
    message: /VMSnapshots need what the disks stand on: nightly\. Delete them first/,
  },
  {
    when: 'a snapshot was begun with it under a running guest, it gives way',
    observed: observe({ vm: running([own, below], 40), snapshots: ['nightly'] }),
    phase: 'Failed',
    message: /nightly/,
  },
  {
    when: 'a snapshot was begun with it while the guest is off, no pod is made',
    observed: observe({ vm: held, snapshots: ['nightly'] }),
    phase: 'Failed',
    message: /nightly/,
  },
  {
    when: 'a snapshot waits for the disks on which its pod works, that pod comes to its end',
    observed: observe({ vm: held, copier: working, snapshots: ['nightly'] }),
    phase: 'Running',
  },
  {
    when: 'its pod has done its work and a snapshot waits for the disks, what they stood on stays',
    observed: observe({ vm: held, copier: done, snapshots: ['nightly'] }),
    phase: 'Failed',
    message: /nightly/,
  },
  {
    when: 'the disks stand alone, a snapshot is not in its way',
    observed: observe({ claims: alone, snapshots: ['nightly'] }),
    phase: 'Succeeded',
  },
];

const planFlatten = (observed: ObservedFlatten, at: Date) => planOperation(flattenKind, observed, at);

describe('a flatten', () => {
  for (const { when, observed, phase, progress, message, actions = [] } of rows) {
    it(`when ${when}`, () => {
      const { status, actions: planned } = planFlatten(observed, NOW);
      assert.deepEqual([status.phase, planned.map(named)], [phase, actions]);
      if (progress !== undefined) assert.equal(status.progress, progress);
      if (message) assert.match(status.message ?? '', message);
    });
  }

  it('leaves to the other owners what they own', () => {
    const { actions } = planFlatten(observe({ vm: running([own]) }), NOW);
    const kept = actions.find(({ type }) => type === 'keepClaim');
    assert.deepEqual(kept?.type === 'keepClaim' && kept.owners, [source]);
  });

  it('is no longer an owner by the claim of its disk', () => {
    const claims = linked([source, owner('web-root', 'web-root-uid')]);
    const web = claims.get('web-root');
    assert.ok(web);
    claims.set('web-root', { ...web, metadata: { ...web.metadata, uid: 'web-root-uid' } });
    const { actions } = planFlatten(observe({ vm: running([own]), claims }), NOW);
    const kept = actions.find(({ type }) => type === 'keepClaim');
    assert.deepEqual(kept?.type === 'keepClaim' && kept.owners, [source]);
  });

  it('keeps what another of its disks still stands on', () => {
    const claims = linked();
    claims.set(...claim('web-data', [web], { [STANDS_ON]: 'source-root' }));
    const both = aVirtualMachine({
      spec: { disks: [disk, { ...disk, name: 'data' }] },
      status: { phase: 'Running', disks: [{ name: 'root', chain: [own] }] },
    });
    const { actions } = planFlatten(observe({ vm: both, claims }), NOW);
    assert.deepEqual(actions.map(named), ['standAlone web-root']);
  });
});
