/**
 * Guarantee: a cloud image is configured by its VM at the first boot: user data and network data out of a Secret, SSH
 * keys beside them. Its agent's word of the guest is in the VM's status, and holds the pod's readiness where that is
 * asked for; an agent that goes takes nothing with it. A root disk that grows grows up to its file system, at once. A clone
 * of the running guest finds its file systems as the agent had frozen them, and is another machine; the guest goes on. A
 * clone with the memory of a snapshot runs without a boot, and its agent gives it hostname, machine-id, SSH host keys and
 * network address of its own.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { findCondition, type VirtualMachine, type VMSnapshotManifest } from '@hypersdk/api';
import { clientPod } from './stage/client-pod.ts';
import { documented, type } from './stage/documents.ts';
import { eventOf } from './stage/events.ts';
import { debianTemplate, operationOn } from './stage/manifests.ts';
import { leader, metrics } from './stage/operator.ts';
import { getOperation, getVm, openScene, type Scene } from './stage/scene.ts';
import { newIdentity, ssh } from './stage/ssh.ts';

/** What no two machines may have in common. */
const IDENTITY = [
  '/etc/machine-id',
  '/etc/ssh/ssh_host_ed25519_key.pub',
  '/var/lib/cloud/data/instance-id',
  '/sys/class/net/e*/address',
];

/** An emulated cloud image takes its time. */
const BOOT_SECONDS = 600;

it('configures a cloud guest at its first boot, and tells what its agent says', async (t) => {
  const scene = await openScene(t);
  const identity = await newIdentity(t);
  const shown = { 'ssh-ed25519 AAAA... you@example.org': identity.publicKey };
  await scene.apply(
    documented('first-boot', 'Secret/first-boot'),
    debianTemplate('debian-13'),
    documented('first-boot', 'VirtualMachine/cloud', shown),
  );
  await scene.waitFor('condition=Running', 'vm/cloud', BOOT_SECONDS);
  const before = findCondition((await getVm(scene, 'cloud')).status?.conditions, 'AgentConnected');
  assert.equal(before?.reason, 'NotConnected');
  await scene.waitFor('condition=Ready=false', 'pod/cloud-1');
  await type(scene, 'first-boot', 'kubectl wait --for=condition=AgentConnected vm/cloud');
  await scene.waitFor('condition=Ready', 'pod/cloud-1');
  await scene.waitFor(
    'jsonpath={.status.networks[0].guestAddresses[1]}=192.0.2.7/24',
    'vm/cloud',
    BOOT_SECONDS,
  );

  const told = await type(scene, 'first-boot', 'kubectl get vm cloud -o jsonpath');
  assert.match(told, /"hostname":"cloud".*192\.0\.2\.7\/24/);
  const { status } = await getVm(scene, 'cloud');
  const { podIP } = await scene
    .get<{ status: { podIP: string } }>('pod', 'cloud-1')
    .then((pod) => pod.status);
  assert.deepEqual(status?.ipAddresses, [podIP]);
  assert.deepEqual(status.networks?.[0]?.guestAddresses, ['10.0.2.2/24', '192.0.2.7/24']);
  assert.equal(status.guestAgent?.hostname, 'cloud');
  assert.match(status.guestAgent.os ?? '', /^Debian GNU\/Linux/);
  assert.match(status.guestAgent.version ?? '', /^\d+\.\d+/);
  const root = status.guestAgent.fileSystems?.find(({ mountPoint }) => mountPoint === '/');
  assert.equal(root?.type, 'ext4');

  await clientPod(scene, await getVm(scene, 'cloud'));
  const inGuest = (command: string, address = podIP): Promise<string> =>
    ssh(scene, identity, address, command);
  await inGuest('cloud-init status --wait >/dev/null; true');
  const seen = await inGuest('hostname; whoami; cat /etc/first-boot; echo; ls /run/first-boot-ran');
  assert.deepEqual(seen.split('\n'), ['cloud', 'debian', 'written by cloud-init', '/run/first-boot-ran']);

  const rootSize = async (): Promise<number> =>
    Number(await inGuest('df --output=size --block-size=1M / | tail -1'));
  assert.ok((await rootSize()) < 2048);
  const larger = { ...shown, 'size: 2Gi': 'size: 3Gi' };
  await scene.apply(documented('first-boot', 'VirtualMachine/cloud', larger));
  await scene.waitFor('jsonpath={.status.disks[0].size}=3Gi', 'vm/cloud');
  await inGuest('until [ $(df --output=size --block-size=1M / | tail -1) -gt 2500 ]; do sleep 1; done');
  assert.equal((await getVm(scene, 'cloud')).status?.podName, 'cloud-1');

  const clone = {
    ...operationOn('cloud', 'clone').spec,
    cloneSpec: { targetName: 'copy', linkedClone: true, startAfterClone: true },
  };
  await scene.apply({ ...operationOn('cloud', 'clone'), spec: clone });
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/cloud-clone', 240);
  assert.deepEqual((await getOperation(scene, 'cloud-clone')).status?.quiesced, { value: true });
  assert.equal(await inGuest('echo thawed > written && sync && cat written'), 'thawed');

  await cloneWithMemory(scene, inGuest);
  assert.match(await eventOf(scene, 'cloud', 'CloneCompleted'), /copy|twin/);
  const counted = await metrics(await leader());
  assert.match(counted, /^hypersdk_vm_clone_total\{linked="true",outcome="succeeded"\} [1-9]/m);
  assert.match(counted, /^hypersdk_vm_image_prepare_total\{outcome="succeeded"\} [1-9]/m);

  await inGuest('sudo systemctl stop qemu-guest-agent');
  await scene.waitFor('condition=AgentConnected=false', 'vm/cloud');
  const { status: without } = await getVm(scene, 'cloud');
  assert.equal(without?.phase, 'Running');
  assert.equal(findCondition(without.conditions, 'AgentConnected')?.reason, 'Disconnected');
  assert.deepEqual([without.guestAgent?.connected, without.guestAgent?.hostname], [false, 'cloud']);
  assert.equal(await inGuest('hostname'), 'cloud');
  await scene.waitFor('condition=Ready=false', 'pod/cloud-1');

  await inGuest('sudo systemctl start qemu-guest-agent');
  await scene.waitFor('condition=AgentConnected', 'vm/cloud');

  await scene.waitFor('condition=AgentConnected', 'vm/copy', BOOT_SECONDS);
  const [address] = (await getVm(scene, 'copy')).status?.ipAddresses ?? [];
  const tell = `cloud-init status --wait >/dev/null; hostname; cat ${IDENTITY.join(' ')} | cut -d ' ' -f 1-2`;
  const [source, copy] = [await inGuest(tell), await inGuest(tell, address)].map((said) => said.split('\n'));
  assert.deepEqual([source?.[0], copy?.[0]], ['cloud', 'copy']);
  assert.deepEqual([source?.length, copy?.length], [1 + IDENTITY.length, 1 + IDENTITY.length]);
  assert.ok(
    source?.every((line) => !copy?.includes(line)),
    String(copy),
  );
});

type InGuest = (command: string, podIP?: string) => Promise<string>;

/** What a guest is known by, and when it was booted. */
const KNOWN_BY =
  'hostname; cat /etc/machine-id; cut -d" " -f2 /etc/ssh/ssh_host_ed25519_key.pub; cat /proc/sys/kernel/random/boot_id';

const asItRuns: VMSnapshotManifest = {
  apiVersion: 'hypersdk.io/v1alpha1',
  kind: 'VMSnapshot',
  metadata: { name: 'as-it-runs' },
  spec: { vmRef: { name: 'cloud' }, includeMemory: true },
};

async function cloneWithMemory(scene: Scene, inGuest: InGuest): Promise<void> {
  await scene.apply(asItRuns);
  await scene.waitFor('condition=Ready', 'vmsnap/as-it-runs', 240);
  const { spec } = operationOn('cloud', 'clone');
  const cloneSpec = {
    ...{ targetName: 'twin', linkedClone: true, includeMemory: true, startAfterClone: true },
    snapshotRef: { name: asItRuns.metadata.name },
  };
  await scene.apply({
    ...operationOn('cloud', 'clone'),
    metadata: { name: 'twin' },
    spec: { ...spec, cloneSpec },
  });
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/twin', 240);
  await scene.waitFor('jsonpath={.status.guestAgent.hostname}=twin', 'vm/twin', BOOT_SECONDS);
  await scene.waitFor(
    'jsonpath={.status.networks[0].guestAddresses[0]}=10.0.2.2/24',
    'vm/twin',
    BOOT_SECONDS,
  );
  await scene.waitFor('condition=SharesIdentity=false', 'vm/twin');
  const twin = await getVm(scene, 'twin');
  const ask = async ({ status }: VirtualMachine): Promise<string[]> =>
    (await inGuest(KNOWN_BY, status?.ipAddresses?.[0])).split('\n');
  const [hostname, machineId, hostKey, boot] = await ask(twin);
  assert.deepEqual([hostname, machineId], ['twin', twin.metadata.uid?.replaceAll('-', '')]);
  const source = await ask(await getVm(scene, 'cloud'));
  assert.notEqual(source[1], machineId);
  assert.notEqual(source[2], hostKey);
  assert.equal(source[3], boot, 'it has not booted');
  await scene.k('delete', 'vm', 'twin', '--timeout=120s');
}
