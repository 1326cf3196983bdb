/**
 * Guarantee: an image comes from a bucket, a claim or an upload, too: from a claim once nobody writes that, and by the commands that
 * its VMImage tells. A disk is made of any source, whichever it boots from, and a claim that is a disk is kept when its VM goes.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findCondition, type VMImage, type VMImageManifest } from '@hypersdk/api';
import { documented, type } from './stage/documents.ts';
import { consoleLine } from './stage/guest-console.ts';
import { typeCommand } from './stage/guest-keyboard.ts';
import { inVolume } from './stage/in-volume.ts';
import { checksumInstead, registryInstead, storeInstead, tinyInstead } from './stage/instead.ts';
import { environment } from './stage/manifests.ts';
import { objectStore } from './stage/object-store.ts';
import { getVm, openScene, type Scene } from './stage/scene.ts';
import { sendCommand, uploadClient } from './stage/upload-client.ts';

/** Bytes. */
const GIVEN = 64 * 1024 ** 2;
/** What a VM leaves in a volume, with a line in it. */
const LEFT_BEHIND = `const file = '/volume/disk.qcow2';
fs.writeFileSync('/volume/raw', 'given\\n');
fs.truncateSync('/volume/raw', ${GIVEN});
child_process.execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', '/volume/raw', file]);
fs.chmodSync(file, 0o666);`;

describe('an image', () => {
  it('of a bucket is copied from its claim once nobody writes that, and never from another namespace', async (t) => {
    const scene = await openScene(t);
    const endpoint = await objectStore(t, { 'debian/13.qcow2': await tinyImage() });
    const image = (name: string, from: VMImageManifest['spec']['source']) => ({
      ...{ apiVersion: 'hypersdk.io/v1alpha1', kind: 'VMImage', metadata: { name } },
      spec: { source: from },
    });
    await scene.apply(
      documented('images', 'Secret/image-store'),
      documented('images', 'VMImage/from-store', { ...storeInstead(endpoint), ...checksumInstead() }),
      image('absent', { pvc: { name: 'none' } }),
      image('elsewhere', { pvc: { name: 'none', namespace: 'kube-system' } }),
    );
    await scene.waitFor('condition=Stalled', 'vmimg/elsewhere');
    assert.equal(await readyReason(scene, 'elsewhere'), 'ClaimInOtherNamespace');
    assert.equal(await readyReason(scene, 'absent'), 'ClaimMissing');
    await scene.waitFor('condition=Ready', 'vmimg/from-store');
    const { status } = await scene.get<VMImage>('vmimg', 'from-store');
    const name = status?.pvc ?? '';
    await scene.apply(writer(name));
    const claim = { 'golden-debian': name, 'path: disk.img': 'path: image.qcow2' };
    await scene.apply(documented('images', 'VMImage/from-claim', claim));
    await scene.waitFor(
      'jsonpath={.status.conditions[?(@.type=="Ready")].reason}=ClaimInUse',
      'vmimg/from-claim',
    );
    await scene.k('delete', 'pod', 'writer', '--now');
    await scene.waitFor('condition=Ready', 'vmimg/from-claim');
    const copy = await scene.get<VMImage>('vmimg', 'from-claim');
    assert.equal(copy.status?.virtualSize, status?.virtualSize);
    assert.notEqual(copy.status?.pvc, name);
  });

  it('is what a disk is made of, wherever it is, and a claim that is a disk is kept', async (t) => {
    const scene = await openScene(t);
    const endpoint = await objectStore(t, { 'debian/13.qcow2': await tinyImage() });
    await scene.apply(documented('images', 'Secret/image-store'), claimNamed('old-vm-data'));
    await inVolume(scene, 'old-vm-data', ['node', '--eval', LEFT_BEHIND]);
    const instead = { ...tinyInstead(), ...registryInstead(), ...storeInstead(endpoint) };
    await scene.apply(documented('README', 'VirtualMachine/many-disks', instead));
    await scene.waitFor('condition=Running', 'vm/many-disks');
    await consoleLine(scene, 'many-disks-1', /^READY/);
    await typeCommand(scene, 'many-disks-1', 'disks');
    const tiny = Number(environment('IMAGE_VIRTUAL_SIZE'));
    const sizes = { system: tiny, released: tiny, stored: tiny, given: GIVEN, empty: 10 * 1024 ** 3 };
    for (const [name, bytes] of Object.entries(sizes)) {
      await consoleLine(scene, 'many-disks-1', new RegExp(`^DISK ${name} vd. ${bytes / 512} SECTORS`));
    }
    await typeCommand(scene, 'many-disks-1', 'read given');
    await consoleLine(scene, 'many-disks-1', /^READ given/);
    const { status } = await getVm(scene, 'many-disks');
    assert.deepEqual(
      status?.disks?.map(({ name, chain }) => [name, chain?.length]),
      Object.entries({ empty: 1, system: 2, released: 2, stored: 2, given: 1 }),
    );
    await scene.k('delete', 'vm', 'many-disks', '--timeout=60s');
    await scene.waitFor('delete', 'pvc/many-disks-empty');
    await scene.k('get', 'pvc', 'old-vm-data');
  });

  it('that is uploaded comes by the commands that its VMImage tells, and goes on where it was interrupted', async (t) => {
    const scene = await openScene(t);
    const content = await tinyImage();
    const half = content.length >> 1;
    await scene.apply(documented('images', 'VMImage/mine', checksumInstead()));
    await scene.waitFor(
      'jsonpath={.status.conditions[?(@.type=="Ready")].reason}=AwaitingUpload',
      'vmimg/mine',
    );
    const awaiting = await scene.get<VMImage>('vmimg', 'mine');
    assert.deepEqual([awaiting.status?.phase, awaiting.status?.upload?.received], ['Pending', 0]);
    const message = await type(scene, 'images', 'kubectl get vmimg mine');
    const client = await uploadClient(t, message);
    const command = sendCommand(message);
    assert.match(
      await client.send(command.replace('$TOKEN', 'wrong'), content),
      /Send the token of the Secret/,
    );
    const range = `--header "Content-Range: bytes 0-${half - 1}/${content.length}"`;
    const begun = command.replace('--upload-file', `${range} --upload-file`);
    assert.match(
      await client.send(begun, content.subarray(0, half)),
      new RegExp(`${half} of ${content.length}`),
    );
    await scene.waitFor(`jsonpath={.status.upload.received}=${half}`, 'vmimg/mine');
    const rest = sendCommand(told(await scene.get<VMImage>('vmimg', 'mine')));
    assert.match(rest, new RegExp(`--continue-at ${half} `));
    assert.match(await client.send(rest, content), /All \d+ bytes have come/);
    await scene.waitFor('condition=Ready', 'vmimg/mine');
    const { status } = await scene.get<VMImage>('vmimg', 'mine');
    assert.equal(status?.upload, undefined);
    const templateOf = { 'house-linux-2026': 'mine' };
    await scene.apply(documented('templates', 'VMTemplate/house-linux', templateOf));
    await scene.waitFor('condition=Ready', 'vmt/house-linux');
    const { service = '', secret = '' } = awaiting.status?.upload ?? {};
    await scene.k('wait', '--for=delete', `service/${service}`, `secret/${secret}`, '--timeout=240s');
  });
});

async function tinyImage(): Promise<Buffer> {
  return Buffer.from(await (await fetch(environment('IMAGE_URL'))).arrayBuffer());
}

/** A pod that no node takes mounts the claim all the same, as far as anybody can tell. */
const writer = (claimName: string) => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'writer' } },
  spec: {
    nodeSelector: { none: 'such' },
    containers: [{ name: 'writer', image: 'none.invalid/none' }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
  },
});

const claimNamed = (name: string) => ({
  ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name } },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
});

const told = ({ status }: VMImage): string => findCondition(status?.conditions, 'Ready')?.message ?? '';

async function readyReason(scene: Scene, name: string): Promise<string | undefined> {
  const { status } = await scene.get<VMImage>('vmimg', name);
  return findCondition(status?.conditions, 'Ready')?.reason;
}
