/** One migration with its faults, from the manifest until the VM is well again. */
import type { VMOperation } from '@hypersdk/api';
import type { Instance } from '../../cluster/instance.ts';
import { podsOnNodes, processesOfPod } from '../../cluster/pods-on-nodes.ts';
import { waitFor } from '../../cluster/waiting.ts';
import { operationOn } from '../stage/manifests.ts';
import { getOperation, getVm, type Scene } from '../stage/scene.ts';
import type { Choice } from './choices.ts';
import type { Consoles } from './consoles.ts';
import { isQemu, strike, type Passage } from './strike.ts';
import { setTimeout as delay } from 'node:timers/promises';

export interface Harness {
  readonly scene: Scene;
  readonly instance: Instance;
  readonly consoles: Consoles;
}

export interface Outcome {
  readonly phase: string;
  readonly message: string;
  /** From the manifest to the operation's end. */
  readonly milliseconds: number;
  /** Names of those who were struck. */
  readonly struck: readonly string[];
}

/** Whoever was struck needs to come back, on a machine that has other things to do. */
const PATIENCE_SECONDS = 240;

/** `usual` is what a migration takes undisturbed, in milliseconds. */
export async function attempt(
  harness: Harness,
  name: string,
  { storage: vm, faults }: Choice,
  usual: number,
): Promise<Outcome> {
  const { scene } = harness;
  const passage = await passageOf(harness, vm, name);
  const started = performance.now();
  const struck = faults.map(async (fault) => {
    await delay(fault.at * usual);
    return (await strike(passage, fault)) ? [`${fault.victim} at ${fault.at.toFixed(2)}`] : [];
  });
  const manifest = operationOn(vm, 'migrate');
  const applied = patiently(() =>
    scene.apply({ ...manifest, metadata: { name }, spec: { ...manifest.spec, migrateSpec: {} } }),
  );
  const ended = applied
    .then(() => ends(scene, name))
    .then(({ status }) => ({ status, milliseconds: performance.now() - started }));
  const [{ status, milliseconds }, ...all] = await Promise.all([ended, ...struck]);
  await isWell(harness, vm);
  return { phase: status?.phase ?? '', message: status?.message ?? '', milliseconds, struck: all.flat() };
}

async function passageOf({ scene, instance }: Harness, vm: string, operation: string): Promise<Passage> {
  const { epoch = 0, lastEpoch = 0, podName = '' } = (await getVm(scene, vm)).status ?? {};
  const patch = ['--type=merge', '--patch={"spec":{"cancel":true}}'];
  return {
    ...{ instance, namespace: scene.namespace },
    source: podName,
    target: `${vm}-${Math.max(epoch, lastEpoch) + 1}`,
    cancel: () => scene.k('patch', 'vmop', operation, ...patch),
  };
}

const ends = (scene: Scene, name: string): Promise<VMOperation> =>
  until(`operation ${name} has ended`, async () => {
    const operation = await getOperation(scene, name);
    return operation.status?.completionTime === undefined ? undefined : operation;
  });

/** One pod and one QEMU, in which the guest's journal goes on. */
export async function isWell({ scene, instance, consoles }: Harness, vm: string): Promise<void> {
  const last = (): number => consoles.entries(vm).findLast(({ type }) => type === 'kept')?.number ?? 0;
  const before = last();
  await until(`VM ${vm} runs in one pod, and no other is left`, async () => {
    const { phase, podName } = (await getVm(scene, vm)).status ?? {};
    const pods = await scene.k('get', 'pods', `--selector=hypersdk.io/vm=${vm}`, '--output=name');
    return phase === 'Running' && pods === `pod/${podName}` ? true : undefined;
  });
  await until(`the guest of ${vm} writes on`, () => Promise.resolve(last() > before ? true : undefined));
  const running = await qemus(instance, scene.namespace, vm);
  if (running !== 1) throw new Error(`VM ${vm} has ${running} QEMUs`);
}

async function qemus(instance: Instance, namespace: string, vm: string): Promise<number> {
  const pods = await podsOnNodes(instance, namespace, `${vm}-`);
  const processes = await Promise.all(pods.map(processesOfPod));
  return processes.flat().filter(isQemu).length;
}

function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const wait = { until: what, seconds: PATIENCE_SECONDS, intervalMilliseconds: 200 };
  return waitFor(wait, () => ask().catch(() => undefined));
}

/** The API server may be away. */
const patiently = (work: () => Promise<unknown>): Promise<true> =>
  until('the API server takes the manifest', () => work().then(() => true as const));
