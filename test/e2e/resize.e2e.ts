/**
 * Guarantee: a running guest gets the processors and the memory that spec asks for, and gives memory back, in the same pod
 * and without a reboot; its pod grows before it and shrinks after it. What only a restart can do is named, and comes with
 * the next start. A size that its node has no room for is refused before anything is done.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  findCondition,
  parseBytes,
  type VirtualMachine,
  type VMOperation,
  type VMOperationManifest,
} from '@hypersdk/api';
import { becomes } from './stage/becomes.ts';
import { documented, type } from './stage/documents.ts';
import { eventOf } from './stage/events.ts';
import { consoleLine } from './stage/guest-console.ts';
import { typeCommand } from './stage/guest-keyboard.ts';
import { operationOn, tinyVm } from './stage/manifests.ts';
import { leader, metrics } from './stage/operator.ts';
import { getVm, type Scene, openScene } from './stage/scene.ts';
import { counting, countsOn } from './stage/ticks.ts';

const room = { running: true, maxMemory: '1Gi' } as const;
const [SMALL, LARGER, LARGE] = ['256Mi', '384Mi', '512Mi'];
/** As those say it who come from elsewhere. */
const inOtherWords = { cpus: undefined, memory: undefined, resources: { cpu: 1, memoryMiB: 256 } } as const;
const disks = (sizeGiB: number) => [
  { name: 'root', size: '256Mi' },
  { name: 'data', sizeGiB, expandPolicy: 'Online' as const },
];
const upgrade = '{"spec":{"resources":{"cpu":2,"memoryMiB":384}}}';

it('gives a running guest processors and memory, and takes memory back', async (t) => {
  const scene = await openScene(t);
  const pod = await counting(scene, 'web', { ...room, ...inOtherWords, disks: disks(1) });
  await consoleLine(scene, pod, /^READY/);
  const requested = await memoryRequest(scene, pod);
  const more = parseBytes(LARGE) - parseBytes(SMALL);

  await scene.k('patch', 'vm', 'web', '--type', 'merge', '-p', upgrade);
  await becomes<VirtualMachine>(scene, 'vm/web', has(2, LARGER));
  const { status: told } = await getVm(scene, 'web');
  assert.ok(told?.lastReconfigureTime, 'nobody knows when it was');
  assert.equal(findCondition(told.conditions, 'Reconfiguring')?.reason, 'Reconfigured');
  assert.match(await eventOf(scene, 'web', 'ReconfigureStarted'), /Spec has changed/);
  assert.match(await eventOf(scene, 'web', 'ReconfigureCompleted'), /as spec asks/);

  await scene.apply(tinyVm('web', { ...room, cpus: 2, memory: LARGER, disks: disks(2) }));
  await scene.waitFor('jsonpath={.status.disks[1].size}=2Gi', 'vm/web');
  const sizes = { 'cpus: 4': 'cpus: 2', '8Gi': LARGE, '40Gi': LARGE };
  await scene.apply(documented('resize', 'VMOperation/web-resize', sizes));
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/web-resize');
  await becomes<VirtualMachine>(scene, 'vm/web', has(2, LARGE));
  await guestSees(scene, pod, (cpus, mebibytes) => cpus === 2 && mebibytes > 380);
  const grown = await memoryRequest(scene, pod);
  assert.ok(grown - requested >= more, `its pod asked for ${requested} and asks for ${grown}`);

  await scene.waitFor(`jsonpath={.status.disks[0].size}=${LARGE}`, 'vm/web');

  const refused = await operation(scene, 'huge', { memory: '900Gi' });
  assert.equal(refused.status?.phase, 'Failed');
  assert.match(refused.status.message ?? '', /Node \S+ has no room: \d+ MiB of memory are missing/);
  const { ok } = refused.status.preflight?.find(({ check }) => check === 'node') ?? {};
  assert.equal(ok, false);
  assert.equal((await getVm(scene, 'web')).spec.memory, LARGE);

  const lowered = await operation(scene, 'less', { memory: SMALL });
  assert.equal(lowered.status?.phase, 'Succeeded', lowered.status?.message);
  await becomes<VirtualMachine>(scene, 'vm/web', has(2, SMALL));
  await guestSees(scene, pod, (cpus, mebibytes) => cpus === 2 && mebibytes < 260);
  await becomes<Pod>(scene, `pod/${pod}`, (now) => grown - memoryOf(now) >= more);
  await countsOn(scene, pod);

  await type(scene, 'resize', 'kubectl patch vm web', { '"cpus":4': '"cpus":1', '8Gi': SMALL });
  const { status } = await becomes<VirtualMachine>(scene, 'vm/web', ({ status }) =>
    ['RestartRequired', 'ReconfigurePendingPowerCycle'].every((type) => {
      const condition = findCondition(status?.conditions, type);
      return condition?.status === 'True' && condition.message.includes('cpus');
    }),
  );
  assert.deepEqual(status?.restartAwaitingChanges, [{ field: 'cpus', now: '2', wanted: '1' }]);
  assert.deepEqual([status.podName, status.rebootCount], [pod, undefined]);
  assert.match(await eventOf(scene, 'web', 'ReconfigurePowerCycle'), /stays as it is in cpus/);
  await scene.apply(operationOn('web', 'restart'));
  await becomes<VirtualMachine>(scene, 'vm/web', (vm) => vm.status?.podName === 'web-2' && has(1, SMALL)(vm));
  await consoleLine(scene, 'web-2', /^READY/);
  await guestSees(scene, 'web-2', (cpus) => cpus === 1);
  const { lastReconfigureTime = '' } = (await getVm(scene, 'web')).status ?? {};
  assert.ok(Date.parse(lastReconfigureTime) > Date.parse(status.lastReconfigureTime ?? ''));
  await eventOf(scene, 'web', 'ReconfigureCompleted', /What waited for a restart/);
  const counted = await metrics(await leader());
  for (const outcome of ['succeeded', 'power_cycle_needed']) {
    assert.match(counted, new RegExp(`^hypersdk_vm_reconfigure_total\\{outcome="${outcome}"\\} [1-9]`, 'm'));
  }
});

/** All that spec asks for is there, and nothing is under way any more. */
const has =
  (cpus: number, memory: string) =>
  ({ metadata, status }: VirtualMachine): boolean =>
    status?.observedGeneration === metadata.generation &&
    status?.resources?.cpu === String(cpus) &&
    status.resources.memory === memory &&
    findCondition(status.conditions, 'Reconfiguring')?.status !== 'True' &&
    status.restartAwaitingChanges?.length === 0;

async function operation(
  scene: Scene,
  name: string,
  resizeSpec: VMOperationManifest['spec']['resizeSpec'],
): Promise<VMOperation> {
  const resize = operationOn('web', 'resize');
  await scene.apply({ ...resize, metadata: { name }, spec: { ...resize.spec, resizeSpec } });
  const isOver = ({ status }: VMOperation): boolean =>
    status?.phase === 'Failed' || status?.phase === 'Succeeded';
  return becomes<VMOperation>(scene, `vmop/${name}`, isOver);
}

/** The guest brings online what has come, within a second or so. */
async function guestSees(
  scene: Scene,
  pod: string,
  accepts: (cpus: number, mebibytes: number) => boolean,
): Promise<void> {
  for (;;) {
    const look = `look-${performance.now()}`;
    await typeCommand(scene, pod, `status\n${look}`);
    await consoleLine(scene, pod, new RegExp(`^UNKNOWN ${look}`));
    const said = await scene.k('logs', pod, '--container', 'qemu');
    const [, cpus, kilobytes] = [...said.matchAll(/^CPUS (\d+) MEMORY (\d+) kB/gm)].at(-1) ?? [];
    if (accepts(Number(cpus), Number(kilobytes) / 1024)) return;
  }
}

interface Pod {
  readonly spec: Record<'initContainers' | 'containers', readonly Container[] | undefined>;
}
interface Container {
  readonly name: string;
  readonly resources?: { readonly requests?: { readonly memory?: string } };
}

const memoryRequest = async (scene: Scene, pod: string): Promise<number> =>
  memoryOf(await scene.get<Pod>('pod', pod));

function memoryOf({ spec: { initContainers = [], containers = [] } }: Pod): number {
  const qemu = [...initContainers, ...containers].find(({ name }) => name === 'qemu');
  return parseBytes(qemu?.resources?.requests?.memory ?? '0');
}
