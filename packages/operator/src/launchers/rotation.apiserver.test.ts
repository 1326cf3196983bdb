/**
 * Guarantees: there is one authority however many operators begin at once; one that dies at a step leaves a state
 * from which the next goes on; a launcher that stands through a whole rotation is reached at every moment of it; what
 * the old authority signed is refused once it is dropped; and a lost authority heals without a restart of any VM.
 */
import assert from 'node:assert/strict';
import { randomUUID, X509Certificate } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { isConditionTrue, MachineSpec, type VirtualMachine } from '@hypersdk/api';
import { Namespaces, Pods, Secrets, type Pod, type Secret } from '@hypersdk/kube';
import { mortalClient } from '../testing/mortal-client.ts';
import { runOperator } from '../testing/operator-under-test.ts';
import { becomes, keptAuthorities, openStage, VirtualMachines, type Stage } from '../testing/stage.ts';
import { certificateName } from '../virtual-machine/pod/epoch.ts';
import { machineSecretOf } from '../virtual-machine/pod/machine-secret.ts';
import type { AuthorityKeeper } from './authority-keeper.ts';
import { Launchers } from './launchers.ts';
import { LauncherUnreachableError, type Identity } from './request.ts';
import type { RotationTiming } from './rotation.ts';
import { AUTHORITY_SECRET } from './stored-authority.ts';
import type { Trust } from './trust.ts';

const DAY = 86_400_000;
/** Leaves outlive the whole story, so that each of them is refused for its authority alone. */
const timing: RotationTiming = {
  authority: 300 * DAY,
  succession: 100 * DAY,
  spread: 10 * DAY,
  leaf: 300 * DAY,
  renewal: DAY,
};
/** A clock that stands until it is moved. It begins so far back that all of the story is valid today. */
class Clock {
  #time = Date.now() - 250 * DAY;
  readonly now = (): Date => new Date(this.#time);
  pass(days: number): void {
    this.#time += days * DAY;
  }
}

let stage: Stage;
before(async () => {
  stage = await openStage('127.0.109');
});
after(() => stage.close());

const within = (): AbortSignal => AbortSignal.timeout(120_000);

async function freshNamespace(): Promise<string> {
  const namespace = `authority-${randomUUID().slice(0, 8)}`;
  await stage.client.create(Namespaces, { metadata: { name: namespace } });
  return namespace;
}

function signers(keepers: readonly AuthorityKeeper[]): string[] {
  return [...new Set(keepers.map(({ trust }) => trust.signer.certificate + trust.bundle))];
}

describe('many operators at once', () => {
  it('make one authority, and one successor', async () => {
    const clock = new Clock();
    const options = { client: stage.client, namespace: await freshNamespace(), timing, now: clock.now };
    const keepers = await Promise.all(Array.from({ length: 5 }, () => keptAuthorities(options)));
    assert.equal(signers(keepers).length, 1);
    for (const days of [201, 11, 11]) {
      clock.pass(days);
      await Promise.all(keepers.map((keeper) => keeper.refresh(within())));
      assert.equal(signers(keepers).length, 1);
    }
  });
});

describe('an operator that dies', () => {
  for (const when of ['before', 'after'] as const) {
    it(`${when} it has written the successor leaves one to the next`, async () => {
      const clock = new Clock();
      const store = { namespace: await freshNamespace(), timing, now: clock.now };
      const first = await keptAuthorities({ ...store, client: stage.client });
      clock.pass(201);
      const { client } = mortalClient(stage.client, { at: 1, when });
      await assert.rejects(keptAuthorities({ ...store, client }), /dead/);
      const [next, other] = [await keptAuthorities({ ...store, client: stage.client }), await again(store)];
      assert.deepEqual(signers([next]), signers([other]));
      assert.equal(next.trust.signer.certificate, first.trust.signer.certificate, 'the old one signs still');
      assert.equal(next.trust.bundle.match(/BEGIN/g)?.length, 2);
    });
  }
  const again = (store: { namespace: string; timing: RotationTiming; now: () => Date }) =>
    keptAuthorities({ ...store, client: stage.client });
});

/** The machine of the VM's pod, asked by an operator of this identity. */
async function reach(pod: Pod, identity: Identity): Promise<string> {
  const address = { host: pod.status?.podIP ?? '', certificateName: certificateName(pod) };
  return (await new Launchers(() => identity).machine(address, within())).phase;
}

async function runningPod(name: string): Promise<Pod> {
  const manifest = {
    metadata: { name, namespace: stage.namespace },
    spec: { cpus: 1, memory: '64Mi', disks: [{ name: 'root', size: '1Gi' }] },
  };
  await stage.client.create(VirtualMachines, manifest as VirtualMachine); // the server fills the defaults in
  await becomes(stage, VirtualMachines, name, (vm) => isConditionTrue(vm?.status?.conditions, 'Running'));
  return stage.client.get(Pods, { namespace: stage.namespace, name: `${name}-1` });
}

/** Resolves when the pod's launcher has let go of its port, too: our listener comes after the one that ends it. */
async function remove(name: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const unsubscribe = stage.node.pods.subscribe(({ type, object }) => {
    if (type === 'deleted' && object.metadata.name === `${name}-1`) resolve(undefined);
  });
  within().addEventListener('abort', () => {
    reject(new Error(`the pod of ${name} stays`));
  });
  await stage.client.delete(VirtualMachines, { namespace: stage.namespace, name });
  await promise.finally(unsubscribe);
}

/** Whether the Secret is of now: a signer that changes leaves those that are trusted as they are. */
function isOf({ signer, bundle }: Trust, { data }: Secret): boolean {
  const file = (name: string): string => Buffer.from(data?.[name] ?? '', 'base64').toString();
  const { publicKey } = new X509Certificate(signer.certificate);
  return file('ca.crt') === bundle && new X509Certificate(file('tls.crt')).verify(publicKey);
}

/** Resolves when the launcher has these authorities: our listener comes after the one that brings them to it. */
async function carried(pod: Pod, { trust }: AuthorityKeeper): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const name = machineSecretOf(pod);
  const look = (): void => {
    const secret = stage.node.secrets.get(`${stage.namespace}/${name}`);
    if (secret && isOf(trust, secret)) resolve(undefined);
  };
  const unsubscribe = stage.node.secrets.subscribe(look);
  look();
  within().addEventListener('abort', () => {
    reject(new Error(`${pod.metadata.name} never got the new authorities`));
  });
  await promise.finally(unsubscribe);
}

describe('a launcher that stands', () => {
  it('through a rotation is reached before, during and after, and never by the old authority again', async (t) => {
    const clock = new Clock();
    const options = { client: stage.client, namespace: await freshNamespace(), timing, now: clock.now };
    const keeper = await keptAuthorities({ ...options, onChange: () => { operator.lookAtAll(); } }); // prettier-ignore
    const operator = await runOperator(stage.client, keeper);
    t.after(() => operator.stop());
    const pod = await runningPod('stands');
    const old = keeper.trust;
    assert.equal(await reach(pod, old), 'Running');
    const bundles = [old.bundle];
    for (const days of [201, 11, 11]) {
      clock.pass(days);
      await keeper.refresh(within());
      // Before kubelet has brought anything, too: that is what the overlap is for.
      assert.equal(await reach(pod, keeper.trust), 'Running');
      await carried(pod, keeper);
      assert.equal(await reach(pod, keeper.trust), 'Running');
      bundles.push(keeper.trust.bundle);
    }
    assert.equal(new Set(bundles).size, 3, 'the old, both, and the new');
    assert.notEqual(keeper.trust.signer.certificate, old.signer.certificate);
    const intruder = { client: old.client, bundle: keeper.trust.bundle };
    await assert.rejects(reach(pod, intruder), LauncherUnreachableError);
    await assert.rejects(reach(pod, { client: keeper.trust.client, bundle: old.bundle }));
    assert.deepEqual(stage.node.started.filter((name) => name.startsWith('stands-')), ['stands-1']); // prettier-ignore
    await remove('stands');
  });

  it('is reached again, in the same pod, after the authority was lost', async (t) => {
    const options = { client: stage.client, namespace: await freshNamespace() };
    const keeper = await keptAuthorities({ ...options, onChange: () => { operator.lookAtAll(); } }); // prettier-ignore
    const operator = await runOperator(stage.client, keeper);
    t.after(() => operator.stop());
    const pod = await runningPod('orphan');
    await operator.stop();
    await stage.client.delete(Secrets, { namespace: options.namespace, name: AUTHORITY_SECRET });
    const next = await keptAuthorities(options);
    await assert.rejects(reach(pod, next.trust), { name: 'LauncherDistrustedError' });
    const successor = await runOperator(stage.client, next);
    t.after(() => successor.stop());
    await carried(pod, next);
    assert.equal(await reach(pod, next.trust), 'Running');
    await remove('orphan');
  });
});

it('keeps what the launcher starts from when its certificate is renewed', async (t) => {
  const keeper = await keptAuthorities({ client: stage.client, namespace: await freshNamespace() });
  const operator = await runOperator(stage.client, keeper);
  t.after(() => operator.stop());
  const pod = await runningPod('whole');
  const read = async (): Promise<MachineSpec> => {
    const key = { namespace: stage.namespace, name: machineSecretOf(pod) };
    const { data } = await stage.client.get(Secrets, key);
    return MachineSpec.parse(JSON.parse(Buffer.from(data?.['machine.json'] ?? '', 'base64').toString()));
  };
  const machine = await read();
  await operator.stop();
  const other = await keptAuthorities({ client: stage.client, namespace: await freshNamespace() });
  const successor = await runOperator(stage.client, other);
  t.after(() => successor.stop());
  await carried(pod, other);
  assert.deepEqual({ ...(await read()), disks: [] }, { ...machine, disks: [] });
  await remove('whole');
});
