import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { attachmentName, Labels, NBD_PORT, servedChain, type MachineState } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { aClaim, aMachine, anObservation, aPod, aVirtualMachine, NOW } from '../../testing/machines.ts';
import { check, later, up } from '../../testing/plan-table.ts';
import { attachmentPod } from '../attachments/attachment-pod.ts';
import { attachedSize, machineAttachments } from '../attachments/attachments.ts';
import { resolveDisks } from '../disks/disks.ts';
import type { Observed } from '../observed.ts';
import { machineDisk } from '../pod/machine-spec.ts';
import type { Plan } from './actions.ts';

const [root] = aVirtualMachine().spec.disks!;
const withData = (size = '64Mi') =>
  aVirtualMachine({ spec: { disks: [root!, { ...root!, name: 'data', size }] }, status: up });
const seenAs = (size: string) =>
  aVirtualMachine({
    spec: withData().spec,
    status: { ...up, disks: [...(up.disks ?? []), { name: 'data', format: 'qcow2', size }] },
  });
const before = aVirtualMachine({ status: up });
const pod = aPod(before, 1);
const dataClaim = { ...aClaim(), metadata: { ...aClaim().metadata, name: 'web-data' } };
const claims = new Map([
  ['web-root', aClaim()],
  ['web-data', dataClaim],
]);

function observed(
  changes: Partial<Observed>,
  state: Partial<MachineState> = {},
  told: readonly Pod[] = [],
): Observed {
  const vm = changes.vm ?? withData();
  const wanted = told.length > 0 ? { attachments: machineAttachments(told, pod) } : {};
  const machine = aMachine(vm, 1, { startTime: up.startTime ?? '', ...state }, wanted);
  return anObservation({ vm, pods: [pod], claims, machine, ...changes });
}

type Container = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

function attachment(
  container: Partial<Container> = {},
  metadata: Partial<Pod['metadata']> = {},
  vm = withData(),
): Pod {
  const disk = resolveDisks(anObservation({ vm, claims })).at(-1)!;
  const { spec, config } = anObservation({ vm });
  const made = attachmentPod({
    ...{ vmName: 'web', pod, spec, disk, isBound: true, config, now: NOW },
    machineDisk: machineDisk(vm, disk),
  });
  const status = { name: 'attacher', ready: false, restartCount: 0, image: '', imageID: '', ...container };
  return {
    ...made,
    metadata: { ...made.metadata, uid: 'attachment', creationTimestamp: NOW.toISOString(), ...metadata },
    status: { phase: 'Running', podIP: '10.0.0.9', containerStatuses: [status] },
  };
}

const serving = attachment({ ready: true });
const ended = (message: string, exitCode = 75): Pod =>
  attachment({
    state: { terminated: { exitCode, reason: 'Error', finishedAt: NOW.toISOString(), message } },
  });
const attachable = { disks: [], attachable: ['data'] };
const problem = JSON.stringify({ phase: 'Failed', problem: { reason: 'DiskInUse', message: 'It is held' } });
const told = (planned: Plan): string | undefined =>
  planned.status.conditions?.find(({ type }) => type === 'DiskReady')?.reason;

const affinityOf = ({ actions }: Plan) =>
  actions.flatMap((action) =>
    action.type === 'createWorker' ? action.pod.spec?.affinity?.nodeAffinity : [],
  )[0];

const runs = { phase: 'Running', reason: 'Running' } as const;

describe('a disk that is new to the pod of a running VM', () => {
  check([
    {
      when: 'is served by a pod of its own, and its claim is made where it is missing',
      observed: observed({ claims: new Map([['web-root', aClaim()]]) }, attachable),
      ...{ ...runs, actions: ['createClaim web-data', 'createWorker web-1.data'] },
      also: (planned) => {
        assert.equal(told(planned), 'Attaching');
        assert.ok(affinityOf(planned)?.requiredDuringSchedulingIgnoredDuringExecution);
      },
    },
    {
      when: 'waits for the next start where the launcher cannot take it',
      observed: observed({}, { disks: [] }),
      ...{ ...runs, actions: [] },
    },
    {
      when: 'is not served before the one that served it is gone',
      observed: observed(
        { attachments: [attachment({}, { deletionTimestamp: NOW.toISOString() })] },
        attachable,
      ),
      ...{ ...runs, actions: [] },
    },
    {
      when: 'is told to the launcher once it is served',
      observed: observed({ attachments: [serving] }, attachable),
      ...{ ...runs, actions: ['putMachine'] },
      also: ({ actions: [put] }) => {
        assert.ok(put?.type === 'putMachine');
        assert.deepEqual(put.machine.attachments, [
          {
            disk: 'data',
            host: '10.0.0.9',
            port: NBD_PORT,
            server: 'web-1.data.default.launcher.hypersdk.io',
          },
        ]);
      },
    },
    {
      when: 'is served anew at once when its server was killed, whether the launcher answers or not',
      observed: observed({
        attachments: [ended('')],
        machine: { type: 'unreachable', address: { host: '10.0.0.7', certificateName: 'web' } },
      }),
      ...{ phase: 'Running', reason: 'LauncherUnreachable', actions: ['deletePod web-1.data'] },
    },
    {
      when: 'is tried again later when it could not be served',
      observed: observed({ attachments: [ended(problem)] }, attachable),
      ...{ ...runs, actions: [] },
      also: (planned) => {
        assert.equal(told(planned), 'DiskInUse');
        assert.equal(planned.requeueAfter, 5_000);
      },
    },
    {
      when: 'is tried again now when it could not be served a while ago',
      observed: observed({ attachments: [ended(problem)] }, attachable),
      now: later(6),
      ...{ ...runs, actions: ['deletePod web-1.data'] },
    },
    {
      when: 'is waited for while its pod starts',
      observed: observed({ attachments: [attachment()] }, attachable),
      ...{ ...runs, actions: [] },
      also: (planned) => {
        assert.equal(told(planned), 'Attaching');
      },
    },
    {
      when: 'is served by the next pod when it is to be larger',
      observed: observed({ vm: withData('128Mi'), attachments: [serving] }),
      ...{ ...runs, actions: ['putMachine', 'deletePod web-1.data'] },
    },
    {
      when: 'keeps its pod when it came back smaller and turns out to be larger',
      observed: observed({ vm: seenAs('128Mi'), attachments: [serving] }),
      ...{ ...runs, actions: ['putMachine'] },
    },
    {
      when: 'is served for as long as the guest has it, when spec no longer has it',
      observed: observed(
        { vm: before, attachments: [serving] },
        { disks: ['root', 'data'].map((name) => diskState(name)) },
      ),
      ...{ ...runs, actions: ['putMachine'] },
    },
    {
      when: 'is served no more when the guest has ended',
      observed: observed({ vm: withData(), pods: [], attachments: [serving], machine: { type: 'none' } }),
      ...{ phase: 'Pending', reason: 'AttachmentEnding', actions: ['deletePod web-1.data'] },
    },
    {
      when: 'is mounted by the next pod, which waits until it is served no more',
      observed: observed({
        ...{ pods: [], machine: { type: 'none' } },
        attachments: [attachment({}, { deletionTimestamp: NOW.toISOString() })],
      }),
      ...{ phase: 'Pending', reason: 'AttachmentEnding', actions: [] },
    },
    {
      when: 'is served on while a former VM of the name powers down',
      observed: observed({
        ...{ pods: [], formerPods: [pod], machine: { type: 'none' }, attachments: [serving] },
      }),
      ...{ phase: 'Pending', reason: 'FormerPodTerminating', actions: [] },
    },
  ]);
});

function diskState(name: string): MachineState['disks'][number] {
  return { name, format: 'qcow2', virtualSize: attachedSize(serving), actualSize: 0, chain: [] };
}

const withMedium = (claim: string) =>
  aVirtualMachine({
    spec: { disks: [root!, { ...root!, name: 'cd', type: 'cdrom', source: { pvc: { name: claim } } }] },
    status: up,
  });
const given = (name: string) => ({ ...aClaim(), metadata: { name, namespace: 'default' } });
const [first, second] = [withMedium('first'), withMedium('second')];
const isos = new Map([
  ['web-root', aClaim()],
  ['first', given('first')],
  ['second', given('second')],
]);
const nameOf = (vm: typeof first): string =>
  attachmentName(
    machineDisk(
      vm,
      resolveDisks(anObservation({ vm, claims: isos })).find(({ name }) => name === 'cd')!,
    ),
  );
const serves = (vm: typeof first): Pod => attachment({ ready: true }, {}, vm);
const inserted = (chain: string): Partial<MachineState> => ({
  disks: [{ ...diskState('cd'), chain: [chain] }],
});

describe('a medium that is new to the pod of a running VM', () => {
  check([
    {
      when: 'is served by a pod of its own, also where the pod has another for the drive',
      observed: observed(
        { vm: second, pods: [aPod(first, 1)], claims: isos },
        { ...inserted('/volumes/cd.first/disk.qcow2'), attachable: ['cd'] },
      ),
      ...{ ...runs, actions: [`createWorker web-1.${nameOf(second)}`] },
    },
    {
      when: 'is the one that the pod has',
      observed: observed({ vm: first, pods: [aPod(first, 1)], claims: isos }, { attachable: ['cd'] }),
      ...{ ...runs, actions: [] },
    },
    {
      when: 'is in the drive, and nothing is awaited',
      observed: observed(
        { vm: second, claims: isos, attachments: [serves(second)] },
        { disks: [diskState('root'), ...(inserted(servedChain(nameOf(second))).disks ?? [])] },
        [serves(second)],
      ),
      ...{ ...runs, actions: [] },
    },
    {
      when: 'is served for as long as it is in the drive, when the next one is served already',
      observed: observed(
        { vm: second, claims: isos, attachments: [serves(first), serves(second)] },
        inserted(servedChain(nameOf(first))),
      ),
      ...{ ...runs, actions: ['putMachine'] },
    },
    {
      when: 'is served no more when the next one is in the drive',
      observed: observed(
        { vm: second, claims: isos, attachments: [serves(first), serves(second)] },
        inserted(servedChain(nameOf(second))),
        [serves(first), serves(second)],
      ),
      ...{ ...runs, actions: [`deletePod web-1.${nameOf(first)}`] },
    },
  ]);
});

describe('the pod that serves a disk', () => {
  check([
    {
      when: 'belongs to the pod of the VM, and has no label by which it were one of the VM',
      observed: observed({}, attachable),
      ...{ ...runs, actions: ['createWorker web-1.data'] },
      also: ({ actions: [create] }) => {
        assert.ok(create?.type === 'createWorker');
        const { labels, ownerReferences } = create.pod.metadata;
        assert.deepEqual(
          ownerReferences?.map(({ uid }) => uid),
          [pod.metadata.uid],
        );
        assert.equal(labels?.[Labels.vmName], undefined);
        assert.equal(
          create.pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution,
          undefined,
        );
      },
    },
  ]);
});
