import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Annotations,
  effectiveSpec,
  type VirtualMachine,
  type VMOperation,
  type VMSnapshot,
} from '@hypersdk/api';
import type { PersistentVolumeClaim, Pod } from '@hypersdk/kube';
import { claimReference, STANDS_ON } from '../../ownership.ts';
import { aClaim, anObservation, aVirtualMachine, config, NOW, UID } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { resolveDisks } from '../../virtual-machine/disks/disks.ts';
import type { WorkAction } from '../actions.ts';
import { clonedDisks } from './disks.ts';
import type { ObservedClone } from './observed.ts';
import { planOperation } from '../plan.ts';
import { cloneKind } from './kind.ts';
import { pullerPod } from './puller-pod.ts';

const OPERATION = 'op-clone';
const CLONE_UID = '9a1c3c51-28b3-4d2b-8d06-3c9a7d8f2b11';
const owner = { apiVersion: 'hypersdk.io/v1alpha1', kind: 'VirtualMachine', name: 'web', uid: UID };

const source = (changes: Parameters<typeof aVirtualMachine>[0] = {}): VirtualMachine =>
  aVirtualMachine({
    ...changes,
    status: { phase: 'Stopped', epoch: 1, observedGeneration: 1, ...changes.status },
  });
const held = (): VirtualMachine => source({ status: { phase: 'Stopped', disksHeldFor: OPERATION } });
const sourceClaim = (): PersistentVolumeClaim => {
  const claim = aClaim();
  return { ...claim, metadata: { ...claim.metadata, ownerReferences: [owner] } };
};

function operation(changes: {
  cloneSpec?: Partial<NonNullable<VMOperation['spec']['cloneSpec']>>;
  status?: VMOperation['status'];
  cancel?: boolean;
}): VMOperation {
  const cloneSpec = {
    ...{ targetName: 'copy', linkedClone: false, startAfterClone: true, includeMemory: false },
    identity: 'new' as const,
    ...changes.cloneSpec,
  };
  const cancel = changes.cancel ?? false;
  return anOperation('clone', { spec: { cloneSpec, cancel }, status: changes.status });
}
const running = { phase: 'Running', startTime: NOW.toISOString(), fromEpoch: 1, vmUid: UID } as const;
const cancelled: VMOperation['status'] = {
  ...running,
  ending: { phase: 'Cancelled', message: 'Cancelled on request' },
};

function target(changes: { isReleased?: boolean; by?: string } = {}): VirtualMachine {
  const { by = OPERATION, isReleased = false } = changes;
  const ownerReferences = isReleased ? [] : [{ ...owner, kind: 'VMOperation', name: 'clone', uid: by }];
  return aVirtualMachine({
    metadata: {
      ...{ name: 'copy', uid: CLONE_UID, ownerReferences },
      annotations: { [Annotations.clonedBy]: by },
    },
  });
}

function clone(changes: Partial<ObservedClone> = {}): ObservedClone {
  const vm = changes.vm ?? held();
  const claims = changes.claims ?? new Map([['web-root', sourceClaim()]]);
  return {
    ...{ operation: operation({ status: running }), vm, others: [] },
    spec: effectiveSpec(vm.spec),
    disks: resolveDisks({ ...anObservation({ vm }), claims }),
    ...{
      target: undefined,
      copier: undefined,
      isIdentified: true,
      progress: undefined,
      storageClasses: [],
      config,
    },
    snapshot: undefined,
    ...{ server: undefined, isNamespaceThere: true },
    ...changes,
    claims,
    made: changes.made ?? claims,
  };
}

function claimsWith(mode: 'linked' | 'full', isKept = mode === 'linked'): Map<string, PersistentVolumeClaim> {
  const base = sourceClaim();
  const metadata = { name: 'copy-root', namespace: 'default', uid: 'copy-claim' };
  if (isKept) base.metadata.ownerReferences?.push(claimReference({ metadata }));
  return new Map([
    ['web-root', base],
    ['copy-root', { metadata, status: { phase: 'Bound' } }],
  ]);
}

function copier(exitCode?: number, message = ''): Pod {
  const finishedAt = NOW.toISOString();
  const state = exitCode === undefined ? { running: {} } : { terminated: { exitCode, message, finishedAt } };
  const phase = exitCode === undefined ? 'Running' : exitCode === 0 ? 'Succeeded' : 'Failed';
  const container = { name: 'copier', image: '', imageID: '', ready: true, restartCount: 0, state };
  return {
    metadata: { name: 'copy-clone', namespace: 'default', uid: 'pod' },
    status: { phase, containerStatuses: [container] },
  };
}

const failure = (reason: string): string =>
  JSON.stringify({ phase: 'Failed', progress: 3, problem: { reason, message: `It is ${reason}` } });
const ready = JSON.stringify({ phase: 'Ready', progress: 100 });

const snapshot: VMSnapshot = {
  apiVersion: 'hypersdk.io/v1alpha1',
  kind: 'VMSnapshot',
  metadata: { name: 'before', namespace: 'default', uid: 'snapshot-uid' },
  spec: { vmRef: { name: 'web' }, includeMemory: false, quiesce: true, method: 'disk' },
  status: { readyToRestore: true, disks: [{ name: 'root' }] },
};
const blockDisk = {
  name: 'root',
  size: '1Gi',
  type: 'disk',
  accessMode: 'ReadWriteOnce',
  volumeMode: 'Block',
  cloneMode: 'full',
} as const;
const chosen = { name: 'default', type: 'pod-network', staticIP: '192.0.2.7/24' } as const;
const linked = { linkedClone: true } as const;
const full = { mode: 'full' } as const;
const begun = (cloneSpec = {}): Partial<ObservedClone> => ({
  operation: operation({ cloneSpec, status: running }),
});
const copying = operation({
  cloneSpec: full,
  status: { ...running, steps: [{ name: 'create' }, { name: 'copy' }] },
});
/** Whose firmware keeps something, and whose clone is to have it. */
function sealed(claims: Map<string, PersistentVolumeClaim>, across = {}): Partial<ObservedClone> {
  const state = { metadata: { name: 'web.firmware', namespace: 'default' }, spec: {} };
  return {
    ...begun({ ...full, identity: 'keep', ...across }),
    target: target(),
    vm: source({
      ...{ spec: { firmware: { bootloader: 'uefi', secureBoot: false, tpm: true } } },
      status: { phase: 'Stopped', disksHeldFor: OPERATION },
    }),
    claims: new Map([...claims, ['web.firmware', state]]),
    made: claims,
  };
}
const copied = (cloneSpec = {}): Partial<ObservedClone> => ({
  ...begun(cloneSpec),
  target: target(),
  claims: claimsWith('mode' in cloneSpec ? 'full' : 'linked'),
});

const across = { targetNamespace: 'other' };
const withSecret = { cloudInit: { secretRef: { name: 'first-boot' } } };
const medium = { name: 'tools', type: 'cdrom', source: { pvc: { name: 'tools' } } } as const;
const drive = { accessMode: 'ReadWriteOnce', volumeMode: 'Filesystem', cloneMode: 'auto' } as const;
const withMedium = {
  disks: [{ ...blockDisk, volumeMode: 'Filesystem', cloneMode: 'auto' } as const, { ...medium, ...drive }],
};
const crossing = (): Partial<ObservedClone> => ({ ...copied(full), ...begun(across) });

function server(podIP: string | undefined, { status }: Pick<Pod, 'status'> = copier()): Pod {
  return {
    metadata: { name: 'clone-source', namespace: 'default', uid: 'server' },
    status: { ...status, ...(podIP !== undefined && { podIP }) },
  };
}

function puller(host: string): Pod {
  const from = { type: 'remote', host, port: 10809, server: 'clone-source' } as const;
  const claims = new Map([['web-root', sourceClaim()]]);
  const disks = clonedDisks(resolveDisks({ ...anObservation({ vm: held() }), claims }), claims, {
    ...{ targetName: 'copy', linkedClone: false, isAcross: true },
  });
  const { spec } = pullerPod({ target: target(), disks, id: 'a1', from, place: {}, config, now: NOW });
  return { ...copier(), ...(spec && { spec }) };
}

function named(action: WorkAction): string {
  if ('target' in action) return `${action.type} ${action.target.metadata.name}`;
  if ('claim' in action) return `${action.type} ${action.claim.metadata.name}`;
  return 'pod' in action ? `${action.type} ${action.pod.metadata.name}` : action.type;
}

interface Row {
  readonly when: string;
  readonly observed: ObservedClone;
  readonly phase: string;
  readonly actions?: string[];
  readonly message?: RegExp;
  readonly progress?: number;
  readonly at?: Date;
}

const late = new Date(NOW.getTime() + 16_000);
const rows: Row[] = [
  {
    when: 'it begins, nothing is made before the status says so',
    observed: clone({ operation: operation({}), vm: source() }),
    phase: 'Running',
  },
  {
    when: 'a VM of the name is there, it is refused',
    observed: clone({ operation: operation({}), vm: source(), target: target({ by: 'another' }) }),
    phase: 'Failed',
    message: /VirtualMachine copy exists already/,
  },
  {
    when: 'it is to have an address of its own choosing, it is refused',
    observed: clone({
      operation: operation({ cloneSpec: { customization: { networks: [chosen] } } }),
      vm: source(),
    }),
    phase: 'Failed',
    message: /customization\.networks\[default\]\.staticIP: .* a Service\..* bridge or multus/,
  },
  {
    when: 'its source asks for an address that it does not get, that is not in the way',
    observed: clone({ operation: operation({}), vm: source({ spec: { networks: [chosen] } }) }),
    phase: 'Running',
  },
  {
    when: 'a claim of the name is there, it is refused',
    observed: clone({ operation: operation({}), vm: source(), claims: claimsWith('full') }),
    phase: 'Failed',
    message: /claim copy-root exists already/,
  },
  {
    when: 'the guest is on its way, it is refused',
    observed: clone({ operation: operation({}), vm: source({ status: { phase: 'Creating' } }) }),
    phase: 'Failed',
    message: /is Creating: stop or start it first/,
  },
  {
    when: 'a guest runs on a block volume, it is refused',
    observed: clone({
      operation: operation({ cloneSpec: full }),
      vm: aVirtualMachine({ spec: { disks: [blockDisk] }, status: { phase: 'Running' } }),
    }),
    phase: 'Failed',
    message: /disk root is a block volume.*: stop it first/,
  },
  {
    when: 'the snapshot to clone does not exist, it is refused',
    observed: clone({ operation: operation({ cloneSpec: { snapshotRef: { name: 'before' } } }) }),
    phase: 'Failed',
    message: /VMSnapshot before does not exist/,
  },
  {
    when: 'it is of a snapshot, nothing is frozen or held for it, and that is copied',
    observed: clone({
      ...copied({ ...full, snapshotRef: { name: 'before' } }),
      vm: source({ status: { phase: 'Running' } }),
      snapshot,
    }),
    phase: 'Running',
    actions: ['createWorker copy-clone'],
  },
  {
    when: 'the guest runs, it begins',
    observed: clone({ operation: operation({}), vm: source({ status: { phase: 'Running' } }) }),
    phase: 'Running',
  },
  {
    when: 'the source was never started, it is refused',
    observed: clone({ operation: operation({}), vm: source(), claims: new Map() }),
    phase: 'Failed',
    message: /has not been made yet: start the VM once/,
  },
  {
    when: 'it is to go into a namespace that is not there, it is refused',
    observed: clone({ operation: operation({ cloneSpec: across }), vm: source(), isNamespaceThere: false }),
    phase: 'Failed',
    message: /no namespace other/,
  },
  {
    when: 'it is to be linked and go into another namespace, it is refused',
    observed: clone({ operation: operation({ cloneSpec: { ...across, mode: 'linked' } }), vm: source() }),
    phase: 'Failed',
    message: /cannot stand on disks of another namespace: use mode full/,
  },
  {
    when: 'its first boot rests on a Secret that the other namespace has not, it is refused',
    observed: clone({ operation: operation({ cloneSpec: across }), vm: source({ spec: withSecret }) }),
    phase: 'Failed',
    message: /cloudInit.secretRef first-boot is not in the other namespace: give .*userData/,
  },
  {
    when: 'it reads a claim of its namespace as a medium, it is refused',
    observed: clone({ operation: operation({ cloneSpec: across }), vm: source({ spec: withMedium }) }),
    phase: 'Failed',
    message: /cdrom tools comes from its own namespace: eject it/,
  },
  {
    when: 'it is to be the same machine, and its firmware cannot come along, it is refused',
    observed: clone({
      ...sealed(claimsWith('full')),
      ...{ operation: operation({ cloneSpec: { ...across, identity: 'keep' } }), target: undefined },
      made: new Map(),
    }),
    phase: 'Failed',
    message: /firmware's state is in a claim that another namespace cannot mount: use identity new/,
  },
  {
    when: 'it goes into another namespace, nothing is copied before the source is served',
    observed: clone(crossing()),
    phase: 'Running',
    actions: ['createWorker clone-source'],
  },
  {
    when: 'the server of the source has no address yet, it waits',
    observed: clone({ ...crossing(), server: server(undefined) }),
    phase: 'Running',
    message: /until the source's disks are served/,
  },
  {
    when: 'the source is served, the copier pulls from there',
    observed: clone({ ...crossing(), server: server('10.0.0.7') }),
    phase: 'Running',
    actions: ['createWorker copy-clone'],
  },
  {
    when: 'the copier pulls from where the source is served, nothing is done',
    observed: clone({ ...crossing(), server: server('10.0.0.7'), copier: puller('10.0.0.7') }),
    phase: 'Running',
  },
  {
    when: 'the server is another than the copier was told of, the copier is made anew',
    observed: clone({ ...crossing(), server: server('10.0.0.8'), copier: puller('10.0.0.7') }),
    phase: 'Running',
    actions: ['deleteWorker copy-clone'],
  },
  {
    when: 'the server failed for a while, it is made anew after a while',
    observed: clone({ ...crossing(), server: server('10.0.0.7', copier(75, failure('ServerEnded'))) }),
    phase: 'Running',
    actions: ['deleteWorker clone-source'],
    at: late,
  },
  {
    when: 'the copier from another namespace is done, the clone is released whatever became of the server',
    observed: clone({ ...crossing(), copier: copier(0, ready) }),
    phase: 'Running',
    actions: ['release copy'],
  },
  {
    when: 'a clone in another namespace is cancelled, both workers end before the target goes',
    observed: clone({
      ...crossing(),
      operation: operation({ cloneSpec: across, status: cancelled, cancel: true }),
      ...{ server: server('10.0.0.7'), copier: puller('10.0.0.7') },
    }),
    phase: 'Running',
    actions: ['deleteWorker copy-clone', 'deleteWorker clone-source'],
  },
  {
    when: 'the target of a clone in another namespace took its copier along, the operation says why it failed',
    observed: clone({
      operation: operation({
        cloneSpec: across,
        status: {
          ...running,
          ending: { phase: 'Failed', message: 'It is NoSpace' },
          steps: copying.status?.steps,
        },
      }),
    }),
    phase: 'Failed',
    message: /^It is NoSpace/,
  },
  {
    when: 'it has begun, the target is made',
    observed: clone(begun(linked)),
    phase: 'Running',
    actions: ['createTarget copy'],
  },
  {
    when: 'the target is made, it gets its claims, and no disk is touched before the source is held',
    observed: clone({ ...begun(linked), vm: source(), target: target() }),
    phase: 'Running',
    actions: ['createClaim copy-root'],
    message: /until the disks of the source are free/,
  },
  {
    when: 'the source is held, the clone gets its claims',
    observed: clone({ ...begun(linked), target: target() }),
    phase: 'Running',
    actions: ['createClaim copy-root'],
  },
  {
    when: 'the source is held, a full clone only gets its claims',
    observed: clone({ ...begun(full), target: target() }),
    phase: 'Running',
    actions: ['createClaim copy-root'],
  },
  {
    when: 'a linked clone has its claim, that becomes an owner of what it will stand on before the copy begins',
    observed: clone({ ...begun(linked), target: target(), claims: claimsWith('linked', false) }),
    phase: 'Running',
    actions: ['keepClaim web-root'],
  },
  {
    when: 'all claims are there, the disks are copied',
    observed: clone(copied(linked)),
    phase: 'Running',
    actions: ['createWorker copy-clone'],
  },
  {
    when: 'the running guest has frozen its disks, they are copied',
    observed: clone({
      ...copied(full),
      vm: source({ status: { phase: 'Running', lastRequest: OPERATION, nodeName: 'node-1' } }),
    }),
    phase: 'Running',
    actions: ['createWorker copy-clone'],
  },
  {
    when: 'it is to be the same machine, there is a claim for what its firmware keeps',
    observed: clone(sealed(claimsWith('full'))),
    phase: 'Running',
    actions: ['createClaim copy.firmware'],
  },
  {
    when: 'it is to be the same machine, what its firmware keeps is copied',
    observed: clone(sealed(claimsWith('full').set('copy.firmware', { metadata: { name: 'copy.firmware' } }))),
    phase: 'Running',
    actions: ['createWorker copy-clone'],
  },
  {
    when: 'its class clones the volume, its claim waits until the source is held',
    observed: clone({
      ...{ ...begun(full), vm: source(), target: target() },
      claims: new Map([['web-root', { ...sourceClaim(), spec: { storageClassName: 'fast' } }]]),
      storageClasses: [
        {
          metadata: { name: 'fast', annotations: { 'hypersdk.io/clones-volumes': 'true' } },
          provisioner: 'example.com/disks',
        },
      ],
    }),
    phase: 'Running',
    message: /until the disks of the source are free/,
  },
  {
    when: 'the copy is under way, its progress is told in tens',
    observed: clone({ ...copied(full), copier: copier(), progress: { phase: 'Copying', progress: 47 } }),
    phase: 'Running',
    progress: 40,
  },
  {
    when: 'the copy is under way, nothing is done',
    observed: clone({ ...copied(full), copier: copier() }),
    phase: 'Running',
  },
  {
    when: 'an operator died before the copier had its Secret, it is made',
    observed: clone({ ...copied(full), copier: copier(), isIdentified: false }),
    phase: 'Running',
    actions: ['identifyWorker copy-clone'],
  },
  {
    when: 'the copier is done, the clone is released',
    observed: clone({ ...copied(full), copier: copier(0, ready) }),
    phase: 'Running',
    actions: ['release copy'],
  },
  {
    when: 'the clone is released, the operation has succeeded',
    observed: clone({ ...copied(full), target: target({ isReleased: true }), copier: copier(0, ready) }),
    phase: 'Succeeded',
  },
  {
    when: 'the operation has succeeded, its copier is cleared away',
    observed: clone({
      operation: operation({ status: { ...running, phase: 'Succeeded' } }),
      copier: copier(0, ready),
    }),
    phase: 'Succeeded',
    actions: ['deleteWorker copy-clone'],
  },
  {
    when: 'the copier failed for a while, it waits',
    observed: clone({ ...copied(full), copier: copier(75, failure('DiskInUse')) }),
    phase: 'Running',
    message: /tried again/,
  },
  {
    when: 'it has waited, the copier is made anew',
    observed: clone({ ...copied(full), copier: copier(75, failure('DiskInUse')) }),
    phase: 'Running',
    actions: ['deleteWorker copy-clone'],
    at: late,
  },
  {
    when: 'the copier failed for good, the reason is written before anything goes',
    observed: clone({ ...copied(full), copier: copier(1, failure('NoSpace')) }),
    phase: 'Running',
    message: /Undoing.*It is NoSpace/,
  },
  {
    when: 'that is written, the target goes and the copier stays for its log',
    observed: clone({
      ...copied(full),
      operation: operation({
        cloneSpec: full,
        status: { ...running, ending: { phase: 'Failed', message: 'It is NoSpace' } },
      }),
      copier: copier(1, failure('NoSpace')),
    }),
    phase: 'Running',
    actions: ['deleteTarget copy'],
  },
  {
    when: 'the target of a failed copy is gone, the operation has failed',
    observed: clone({ operation: copying, copier: copier(1, failure('NoSpace')) }),
    phase: 'Failed',
    message: /^It is NoSpace/,
  },
  {
    when: 'somebody deleted the target, it ends and makes no second one',
    observed: clone({ operation: copying }),
    phase: 'Failed',
    message: /VirtualMachine copy was deleted/,
  },
  {
    when: 'it is cancelled, the copier ends before the target goes',
    observed: clone({
      ...copied(full),
      operation: operation({ cloneSpec: full, status: cancelled, cancel: true }),
      copier: copier(),
    }),
    phase: 'Running',
    actions: ['deleteWorker copy-clone'],
  },
  {
    when: 'it is cancelled and nothing copies, the target goes',
    observed: clone({
      ...copied(full),
      operation: operation({ cloneSpec: full, status: cancelled, cancel: true }),
    }),
    phase: 'Running',
    actions: ['deleteTarget copy'],
  },
  {
    when: 'it is cancelled and nothing is left, it has ended',
    observed: clone({ operation: operation({ cloneSpec: full, status: running, cancel: true }) }),
    phase: 'Cancelled',
  },
];

const planClone = (observed: ObservedClone, at: Date) => planOperation(cloneKind, observed, at);

describe('a clone', () => {
  for (const { when, observed, phase, actions = [], message, progress, at = NOW } of rows) {
    it(`when ${when}`, () => {
      const planned = planClone(observed, at);
      assert.equal(planned.status.phase, phase, planned.status.message);
      assert.deepEqual(planned.actions.map(named), actions);
      if (message) assert.match(planned.status.message ?? '', message);
      if (progress !== undefined) assert.equal(planned.status.progress, progress);
    });
  }

  it('says which mode auto has taken, and why', () => {
    const { preflight = [] } = planClone(clone({ operation: operation({}), vm: source() }), NOW).status;
    const check = preflight.find(({ check: name }) => name === 'mode of disk root');
    assert.match(check?.reason ?? '', /^full: claim web-root is ReadWriteOnce.*; copied, since StorageClass/);
  });

  it('writes on a linked clone’s claim all that it stands on', () => {
    const claims = new Map([['web-root', sourceClaim()]]);
    const below = claims.get('web-root')?.metadata;
    if (below) below.annotations = { ...below.annotations, [STANDS_ON]: 'image-a' };
    const { actions } = planClone(clone({ ...begun(linked), target: target(), claims }), NOW);
    const [made] = actions.flatMap((action) => (action.type === 'createClaim' ? [action.claim] : []));
    assert.equal(made?.metadata.annotations?.[STANDS_ON], 'web-root,image-a');
  });
});
