/**
 * Guarantee: an image comes from where its user says, a registry's container disk, a bucket, a claim or an upload included, once for all who want it in
 * a namespace, and goes when nobody does; a VMImage stays while a disk stands on it. What goes wrong with it is said where it was asked for, in words that help; it
 * is tried again only where that may help, and nothing is left of it.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  findCondition,
  type VirtualMachineManifest,
  type VMImage,
  type VMImageManifest,
  type VMTemplate,
  type VMTemplateManifest,
} from '@hypersdk/api';
import { becomes } from './stage/becomes.ts';
import { eventOf } from './stage/events.ts';
import { consoleLine } from './stage/guest-console.ts';
import { inVolume } from './stage/in-volume.ts';
import { environment, operationOn, tinyTemplate, tinyVm } from './stage/manifests.ts';
import { BUCKET, objectStore, STORE_KEYS } from './stage/object-store.ts';
import { oddServer } from './stage/odd-server.ts';
import { getTemplate, getVm, openScene, type Scene } from './stage/scene.ts';
import { sendCommand, uploadClient } from './stage/upload-client.ts';

const claims = ({ k }: Scene): Promise<string> => k('get', 'pvc', '--output', 'name');
const ready = ({ status }: VMTemplate) => findCondition(status?.conditions, 'Ready');

type Disks = NonNullable<VirtualMachineManifest['spec']['disks']>;

interface Failure {
  readonly image: Partial<VMTemplateManifest['spec']['image']>;
  readonly reason: string;
  readonly message: RegExp;
  /** Whether it is tried again. */
  readonly again?: true;
}

describe('an image', () => {
  it('of a container disk boots the VM that names it, and goes with it', async (t) => {
    const scene = await openScene(t);
    const containerDisk = { image: environment('CONTAINER_DISK'), plainHttp: true };
    await scene.apply(tinyVm('contained', { image: { source: { containerDisk } } }));
    await scene.waitFor('condition=Running', 'vm/contained');
    await consoleLine(scene, 'contained-1', /GUEST-UP/);
    const [, image = ''] = /(persistentvolumeclaim\/image-\w+)/.exec(await claims(scene)) ?? [];
    const [disk] = (await getVm(scene, 'contained')).status?.disks ?? [];
    assert.match(disk?.chain?.[1] ?? '', new RegExp(image.slice(image.indexOf('/'))));
    await scene.k('delete', 'vm', 'contained', '--timeout=60s');
    await scene.waitFor('delete', image);
    assert.equal(await scene.k('get', 'pods,pvc,secrets', '--output', 'name'), '');
  });

  it('of a VMImage is shared with a CD-ROM that is ejected and inserted, and held by the disk on it', async (t) => {
    const scene = await openScene(t);
    const { source, checksum } = tinyTemplate().spec.image;
    const type = { apiVersion: 'hypersdk.io/v1alpha1', kind: 'VMImage' };
    const prepare = { validateChecksum: true, timeout: '10m', retries: 2 };
    await scene.apply({ ...type, metadata: { name: 'tiny' }, spec: { source, checksum, prepare } });
    const root = { name: 'root', bootOrder: 1, cloneMode: 'linked', source: { image: { name: 'tiny' } } };
    const medium = { source: { http: { url: source.http?.url ?? '', checksum } } };
    const withCd = (cd: object) =>
      tinyVm('stands', { image: undefined, disks: [root, { name: 'cd', type: 'cdrom', ...cd }] as Disks });
    await scene.apply(withCd(medium));
    await scene.waitFor('condition=Running', 'vm/stands');
    await consoleLine(scene, 'stands-1', /GUEST-UP/);
    const { status } = await scene.get<VMImage>('vmimg', 'tiny');
    const names = (await claims(scene)).trim().split('\n').sort();
    const golden = `persistentvolumeclaim/${status?.pvc ?? ''}`;
    const cd = `stands.cd.${status?.pvc ?? ''}`;
    const own = ['stands-root', cd].map((claim) => `persistentvolumeclaim/${claim}`);
    assert.deepEqual(names, [golden, ...own]);
    assert.deepEqual([status?.phase, status?.progress, status?.usageCount], ['Ready', 100, 1]);

    await scene.apply(withCd({}));
    assert.match(await eventOf(scene, 'stands', 'DiskUnplugged'), /Disk cd was taken off/);
    await scene.apply(withCd(medium));
    await scene.waitFor(`jsonpath={.status.disks[?(@.name=="cd")].pvc}=${cd}`, 'vm/stands');
    await scene.apply(withCd({ source: { image: { name: 'tiny' } } }));
    // This one is new to the VM's pod.
    await scene.waitFor('jsonpath={.status.disks[?(@.name=="cd")].pvc}=stands.cd.tiny', 'vm/stands');
    const { disks, podName, restartAwaitingChanges } = (await getVm(scene, 'stands')).status ?? {};
    const [served = ''] = disks?.find(({ name }) => name === 'cd')?.chain ?? [];
    assert.match(served, /^nbd:cd\.[0-9a-f]{8}$/);
    assert.deepEqual([podName, restartAwaitingChanges], ['stands-1', []]);
    await scene.waitFor('condition=Ready', 'vm/stands');
    await scene.apply(withCd({}));
    await scene.waitFor('delete', `pod/stands-1.${served.slice('nbd:'.length)}`);

    await scene.k('delete', 'vmimg', 'tiny', '--wait=false');
    await scene.waitFor('condition=Stalled', 'vmimg/tiny');
    const held = await scene.get<VMImage>('vmimg', 'tiny');
    assert.match(findCondition(held.status?.conditions, 'InUse')?.message ?? '', /stands-root/);
    await scene.k('delete', 'vm', 'stands', '--timeout=60s');
    await scene.waitFor('delete', 'vmimg/tiny');
    await scene.waitFor('delete', golden);
  });

  it('of a bucket is copied from its claim once nobody writes that, and never from another namespace', async (t) => {
    const scene = await openScene(t);
    const { source, checksum, size } = tinyTemplate().spec.image;
    const content = Buffer.from(await (await fetch(source.http?.url ?? '')).arrayBuffer());
    const endpoint = await objectStore(t, { 'tiny.qcow2': content });
    const image = (name: string, from: VMImageManifest['spec']['source'], spec = {}) => ({
      ...{ apiVersion: 'hypersdk.io/v1alpha1', kind: 'VMImage', metadata: { name } },
      spec: { source: from, size, ...spec },
    });
    await scene.apply(
      {
        ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'store' }, stringData: STORE_KEYS },
      },
      image(
        'bucket',
        { s3: { endpoint, bucket: BUCKET, key: 'tiny.qcow2', secretRef: { name: 'store' } } },
        { checksum },
      ),
      image('absent', { pvc: { name: 'none' } }),
      image('elsewhere', { pvc: { name: 'none', namespace: 'kube-system' } }),
    );
    await scene.waitFor('condition=Stalled', 'vmimg/elsewhere');
    assert.equal(await readyReason(scene, 'elsewhere'), 'ClaimInOtherNamespace');
    assert.equal(await readyReason(scene, 'absent'), 'ClaimMissing');
    await scene.waitFor('condition=Ready', 'vmimg/bucket');
    const { status } = await scene.get<VMImage>('vmimg', 'bucket');
    const name = status?.pvc ?? '';
    await scene.apply(writer(name));
    await scene.apply(image('copy', { pvc: { name, path: 'image.qcow2' } }));
    await scene.waitFor('jsonpath={.status.conditions[?(@.type=="Ready")].reason}=ClaimInUse', 'vmimg/copy');
    await scene.k('delete', 'pod', 'writer', '--now');
    await scene.waitFor('condition=Ready', 'vmimg/copy');
    const copy = await scene.get<VMImage>('vmimg', 'copy');
    assert.equal(copy.status?.virtualSize, status?.virtualSize);
    assert.notEqual(copy.status?.pvc, name);
  });

  it('comes in any format, packed or not, onto any volume, and is not copied over what its guest wrote', async (t) => {
    const scene = await openScene(t);
    const formats = ['raw-gz', 'vmdk', 'vdi', 'vhdx'];
    const templates = formats.map((format) => {
      const source = { http: { url: `${environment('IMAGE_SERVER_URL')}/tiny.${format.replace('-', '.')}` } };
      return { ...tinyTemplate({ source, checksum: undefined }), metadata: { name: format } };
    });
    const image = { templateRef: { name: 'vhdx' } };
    const disks = [{ name: 'root', size: '64Mi', volumeMode: 'Block' as const }];
    await scene.apply(...templates, tinyVm('converted', { image, disks, running: true }));
    for (const name of formats) {
      await scene.waitFor('condition=Ready', `vmt/${name}`);
      assert.equal((await getTemplate(scene, name)).status?.size, '64Mi', name);
    }
    await consoleLine(scene, 'converted-1', /^BOOTS 1$/);
    await scene.apply(operationOn('converted', 'restart'));
    await scene.waitFor('jsonpath={.status.podName}=converted-2', 'vm/converted');
    await consoleLine(scene, 'converted-2', /^BOOTS 2$/);
    const [root] = (await getVm(scene, 'converted')).status?.disks ?? [];
    assert.equal(root?.format, 'raw');
  });

  it('that is uploaded comes by the commands that its VMImage tells, and goes on where it was interrupted', async (t) => {
    const scene = await openScene(t);
    const { source, checksum, size } = tinyTemplate().spec.image;
    const content = Buffer.from(await (await fetch(source.http?.url ?? '')).arrayBuffer());
    const half = content.length >> 1;
    const type = { apiVersion: 'hypersdk.io/v1alpha1', kind: 'VMImage', metadata: { name: 'sent' } };
    await scene.apply({ ...type, spec: { source: { upload: {} }, checksum, size } });
    await scene.waitFor(
      'jsonpath={.status.conditions[?(@.type=="Ready")].reason}=AwaitingUpload',
      'vmimg/sent',
    );
    const awaiting = await scene.get<VMImage>('vmimg', 'sent');
    assert.deepEqual([awaiting.status?.phase, awaiting.status?.upload?.received], ['Pending', 0]);
    const message = told(awaiting);
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
    await scene.waitFor(`jsonpath={.status.upload.received}=${half}`, 'vmimg/sent');
    const rest = sendCommand(told(await scene.get<VMImage>('vmimg', 'sent')));
    assert.match(rest, new RegExp(`--continue-at ${half} `));
    assert.match(await client.send(rest, content), /All \d+ bytes have come/);
    await scene.waitFor('condition=Ready', 'vmimg/sent');
    const { status } = await scene.get<VMImage>('vmimg', 'sent');
    assert.equal(status?.upload, undefined);
    const { service = '', secret = '' } = awaiting.status?.upload ?? {};
    await scene.k('wait', '--for=delete', `service/${service}`, `secret/${secret}`, '--timeout=30s');
  });

  it('that cannot be imported says why on its template, and is imported when that is corrected', async (t) => {
    const scene = await openScene(t);
    const server = await oddServer(t);
    const from = (url: string): Failure['image'] => ({ source: { http: { url } } });
    const plain = { checksum: undefined };
    const failures: Record<string, Failure> = {
      'wrong-checksum': {
        image: { checksum: { type: 'sha256', value: '0'.repeat(64) } },
        reason: 'ChecksumMismatch',
        message: /correct the checksum or the source/,
      },
      'not-found': { image: from(server.url('/none')), reason: 'NotFound', message: /404/ },
      'web-page': {
        image: { ...plain, ...from(server.url('/page')) },
        reason: 'NotAnImage',
        message: /it is a web page/,
      },
      'too-large': { image: { size: '1Mi' }, reason: 'ImageTooLarge', message: /image.size says 1Mi/ },
      'no-tls': {
        image: from(server.url('/tls').replace('http:', 'https:')),
        reason: 'TLSFailed',
        message: /No trusted TLS connection/,
      },
      'cut-short': {
        image: from(server.url('/short')),
        reason: 'DownloadInterrupted',
        message: /attempt \d of 5; the next is at 20/,
        again: true,
      },
      'unknown-host': {
        image: from('http://images.invalid/disk.qcow2'),
        reason: 'UnknownHost',
        message: /images\.invalid is not known.*attempt \d of 5/,
        again: true,
      },
    };
    await scene.apply(
      ...Object.entries(failures).map(([name, { image }]) => ({
        ...tinyTemplate(image),
        metadata: { name },
      })),
    );
    // All at once: one that is tried again says so only until it is, and until its last attempt.
    await Promise.all(
      Object.entries(failures).map(([name, failure]) =>
        becomes<VMTemplate>(scene, `vmt/${name}`, (template) => hasFailed(template, failure)),
      ),
    );
    assert.equal(server.requests.filter((path) => path === '/none').length, 1);

    await scene.apply({
      ...{ apiVersion: 'hypersdk.io/v1alpha1', kind: 'VMImage', metadata: { name: 'full' } },
      spec: { ...from(server.url('/large')), size: '1Mi', storageClass: 'limited' },
    });
    await scene.waitFor('jsonpath={.status.phase}=Failed', 'vmimg/full');
    const full = await scene.get<VMImage>('vmimg', 'full');
    assert.equal(await readyReason(scene, 'full'), 'NoSpace');
    assert.match(told(full), /the volume is full; give the image a larger size/);
    const [, volume = ''] = /claim (image-\w+)/.exec(told(full)) ?? [];
    assert.doesNotMatch(await inVolume(scene, volume, ['ls', '/volume']), /image|part/);
    await scene.k('delete', 'vmimg', 'full', '--timeout=60s');

    const failed = await claimOf(scene, 'wrong-checksum');
    await scene.k('patch', 'vmt', 'wrong-checksum', '--type=merge', '--patch', corrected());
    await scene.waitFor('condition=Ready', 'vmt/wrong-checksum');
    await scene.waitFor('delete', failed);
    await scene.k('delete', 'vmt', '--all', '--timeout=60s');
    await scene.k('wait', '--for=delete', 'pods,pvc', '--all', '--timeout=60s');
  });

  it('of a template in another namespace is imported where it is used, once that is allowed', async (t) => {
    const [owner, user] = [await openScene(t), await openScene(t)];
    await owner.apply(tinyTemplate());
    await owner.waitFor('condition=Ready', 'vmt/tiny');
    const templateRef = { name: 'tiny', namespace: owner.namespace };
    // More than any node has: that it would start is all that is asked here.
    await user.apply(tinyVm('guest', { image: { templateRef }, memory: '4Ti' }));
    await user.waitFor('condition=Stalled', 'vm/guest');
    const stalled = findCondition((await getVm(user, 'guest')).status?.conditions, 'Stalled');
    assert.equal(stalled?.reason, 'TemplateNotFound');
    assert.equal(await claims(user), '');

    const share = JSON.stringify({ spec: { sharedWith: [user.namespace] } });
    await owner.k('patch', 'vmt', 'tiny', '--type=merge', '--patch', share);
    await user.waitFor('jsonpath={.status.conditions[?(@.type=="Ready")].reason}=Unschedulable', 'vm/guest');
    const { status } = await getTemplate(owner, 'tiny');
    assert.equal(status?.usageCount, 1);
    assert.match(await claims(user), new RegExp(`/${status.pvc ?? 'none'}`));
  });
});

/** A pod that no node takes mounts the claim all the same, as far as anybody can tell. */
const writer = (claimName: string) => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'writer' } },
  spec: {
    nodeSelector: { none: 'such' },
    containers: [{ name: 'writer', image: 'none.invalid/none' }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
  },
});

const told = ({ status }: VMImage): string => findCondition(status?.conditions, 'Ready')?.message ?? '';

async function readyReason(scene: Scene, name: string): Promise<string | undefined> {
  const { status } = await scene.get<VMImage>('vmimg', name);
  return findCondition(status?.conditions, 'Ready')?.reason;
}

function hasFailed({ status }: VMTemplate, { reason, message, again }: Failure): boolean {
  const { conditions, phase } = status ?? {};
  const told = findCondition(conditions, 'Ready');
  const stalled = findCondition(conditions, 'Stalled')?.status;
  const isTold = told?.reason === reason && message.test(told.message);
  return phase === 'Failed' && isTold && stalled === (again ? 'False' : 'True');
}

const corrected = (): string =>
  JSON.stringify({ spec: { image: { checksum: tinyTemplate().spec.image.checksum } } });

/** Of an import that failed; its message names it. */
async function claimOf(scene: Scene, template: string): Promise<string> {
  const message = ready(await getTemplate(scene, template))?.message ?? '';
  return `pvc/${/claim (image-\w+)/.exec(message)?.[1] ?? ''}`;
}
