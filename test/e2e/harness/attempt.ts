/** One migration with its faults, from the manifest until the VM is well again. */
import { setTimeout as delay } from 'node:timers/promises';
import type { VMOperation } from '@hypersdk/api';
import { AlreadyExistsError } from '@hypersdk/kube';
import { operationOn } from '../stage/manifests.ts';
import { isCommon, type Fault, type Storage } from './choices.ts';
import type { Harness } from './harness.ts';
import { VirtualMachines, VMOperations } from './resources.ts';
import { strike, type Passage } from './strike.ts';
import { isWell, patiently } from './well.ts';

export interface Outcome {
  readonly phase: string;
  readonly message: string;
  /** From the manifest to the operation's end. */
  readonly milliseconds: number;
  /** Of those whom somebody was there to strike. */
  readonly struck: readonly Fault[];
  /** Nothing was done to it, nor to what all have to do with. */
  readonly isUndisturbed: boolean;
}

/** `usual` is what a migration takes undisturbed, in milliseconds. */
export async function attempt(
  harness: Harness,
  { name, vm, faults }: { readonly name: string; readonly vm: Storage; readonly faults: readonly Fault[] },
  usual: number,
): Promise<Outcome> {
  const { commonFaults } = harness;
  const passage = await passageOf(harness, vm, name);
  const wasStruck = commonFaults.watch();
  const started = performance.now();
  const striking = faults.map(async (fault) => {
    await delay(fault.at * usual);
    const { victim } = fault;
    const strikes = () => strike(passage, fault);
    return (await (isCommon(victim) ? commonFaults.during(strikes) : strikes())) ? [fault] : [];
  });
  const ended = migrate(harness, vm, name).then(({ status }) => {
    return { status, milliseconds: performance.now() - started };
  });
  const [{ status, milliseconds }, ...all] = await Promise.all([ended, ...striking]);
  const struck = all.flat();
  const isUndisturbed = struck.every(({ victim }) => victim === 'nobody') && !wasStruck();
  await isWell(harness, vm);
  return { phase: status?.phase ?? '', message: status?.message ?? '', milliseconds, struck, isUndisturbed };
}

async function migrate(harness: Harness, vm: string, name: string): Promise<VMOperation> {
  const { client, scene } = harness;
  const { namespace } = scene;
  const manifest = { ...operationOn(vm, 'migrate'), metadata: { namespace, name } };
  await patiently(`the API server takes operation ${name}`, async () => {
    // The server fills the rest in.
    await client.create(VMOperations, manifest as never).catch(unlessThere);
    return true;
  });
  return patiently(`operation ${name} has ended`, async () => {
    const operation = await client.get(VMOperations, { namespace, name });
    return operation.status?.completionTime === undefined ? undefined : operation;
  });
}

function unlessThere(error: unknown): void {
  if (!(error instanceof AlreadyExistsError)) throw error;
}

async function passageOf(harness: Harness, vm: string, operation: string): Promise<Passage> {
  const { client, scene, instance, commonFaults } = harness;
  const { namespace } = scene;
  const { status } = await patiently(`VM ${vm} can be read`, () =>
    client.get(VirtualMachines, { namespace, name: vm }),
  );
  const { epoch = 0, lastEpoch = 0, podName = '' } = status ?? {};
  return {
    ...{ instance, namespace, commonFaults },
    source: podName,
    target: `${vm}-${Math.max(epoch, lastEpoch) + 1}`,
    cancel: () => client.mergePatch(VMOperations, { namespace, name: operation }, { spec: { cancel: true } }),
  };
}
