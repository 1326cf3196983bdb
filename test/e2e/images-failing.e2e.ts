/**
 * Guarantee: what goes wrong with an import is said where the image was asked for, in words that help; it is tried again only
 * where that may help, nothing is left of it, and it is imported once it is corrected. An attempt ends when its time is over,
 * and the next one asks the server for no more than the rest.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  findCondition,
  type VMImage,
  type VMImageManifest,
  type VMTemplate,
  type VMTemplateManifest,
} from '@hypersdk/api';
import { becomes } from './stage/becomes.ts';
import { inVolume } from './stage/in-volume.ts';
import { tinyTemplate } from './stage/manifests.ts';
import { oddServer, type OddServer } from './stage/odd-server.ts';
import { getTemplate, openScene, type Scene } from './stage/scene.ts';

interface Failure {
  readonly image: Partial<VMTemplateManifest['spec']['image']>;
  readonly reason: string;
  readonly message: RegExp;
  /** Whether it is tried again. */
  readonly again?: true;
}

it('an image that cannot be imported says why on its template, and is imported when that is corrected', async (t) => {
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
  await Promise.all([
    ...Object.entries(failures).map(([name, failure]) =>
      becomes<VMTemplate>(scene, `vmt/${name}`, (template) => hasFailed(template, failure)),
    ),
    goesOnInTheNextAttempt(scene, server),
  ]);
  assert.equal(server.requests.filter((path) => path === '/none').length, 1);

  const image = (name: string, path: string, spec: Spec): VMImageManifest =>
    imageOf(server, name, path, spec);
  const unlike = { checksum: { type: 'sha256' as const, value: '0'.repeat(64) } };
  await scene.apply(
    image('full', '/large', { size: '1Mi', storageClass: 'limited' }),
    image('once', '/short-once', { prepare: { retries: 0 } }),
    image('moved', '/moved', { prepare: { onMissing: 'Fail' } }),
    image('unchecked', '/moved-too', { ...unlike, prepare: { validateChecksum: false } }),
  );
  await becomes<VMImage>(scene, 'vmimg/once', isFinally('DownloadInterrupted'));
  await becomes<VMImage>(scene, 'vmimg/moved', isFinally('ImageMissing'));
  await scene.apply(image('moved', '/moved', { prepare: { onMissing: 'Import' } }));
  for (const name of ['moved', 'unchecked']) await scene.waitFor('condition=Ready', `vmimg/${name}`);
  await scene.waitFor('jsonpath={.status.phase}=Failed', 'vmimg/full');
  const full = await scene.get<VMImage>('vmimg', 'full');
  assert.equal(ready(full)?.reason, 'NoSpace');
  assert.match(ready(full)?.message ?? '', /the volume is full; give the image a larger size/);
  const [, volume = ''] = /claim (image-\w+)/.exec(ready(full)?.message ?? '') ?? [];
  assert.doesNotMatch(await inVolume(scene, volume, ['ls', '/volume']), /image|part/);
  await scene.k('delete', 'vmimg', '--all', '--timeout=60s');

  const failed = await claimOf(scene, 'wrong-checksum');
  await scene.k('patch', 'vmt', 'wrong-checksum', '--type=merge', '--patch', corrected());
  await scene.waitFor('condition=Ready', 'vmt/wrong-checksum');
  await scene.waitFor('delete', failed);
  await scene.k('delete', 'vmt', '--all', '--timeout=60s');
  await scene.k('wait', '--for=delete', 'pods,pvc', '--all', '--timeout=60s');
});

type Spec = Partial<VMImageManifest['spec']>;

const imageOf = (server: OddServer, name: string, path: string, spec: Spec): VMImageManifest => ({
  ...{ apiVersion: 'hypersdk.io/v1alpha1', kind: 'VMImage', metadata: { name } },
  spec: { source: { http: { url: server.url(path) } }, ...spec },
});

/** Of a server that sends half of the image and no more, until it is asked for the rest. */
async function goesOnInTheNextAttempt(scene: Scene, server: OddServer): Promise<void> {
  await scene.apply(imageOf(server, 'slow', '/half', { prepare: { timeout: '10s', retries: 9 } }));
  await becomes<VMImage>(scene, 'vmimg/slow', (image) => {
    const { reason, message = '' } = ready(image) ?? {};
    return reason === 'Timeout' && /longer than the 10 s of prepare.timeout/.test(message);
  });
  await becomes<VMImage>(scene, 'vmimg/slow', (image) => ready(image)?.status === 'True');
  assert.match(server.ranges.get('/half') ?? '', /^bytes=[1-9]\d*-$/);
}

const ready = ({ status }: VMTemplate | VMImage) => findCondition(status?.conditions, 'Ready');

function hasFailed({ status }: VMTemplate, { reason, message, again }: Failure): boolean {
  const { conditions, phase } = status ?? {};
  const told = findCondition(conditions, 'Ready');
  const stalled = findCondition(conditions, 'Stalled')?.status;
  const isTold = told?.reason === reason && message.test(told.message);
  return phase === 'Failed' && isTold && stalled === (again ? 'False' : 'True');
}

const isFinally =
  (reason: string) =>
  (image: VMImage): boolean =>
    ready(image)?.reason === reason && findCondition(image.status?.conditions, 'Stalled')?.status === 'True';

const corrected = (): string =>
  JSON.stringify({ spec: { image: { checksum: tinyTemplate().spec.image.checksum } } });

/** Of an import that failed; its message names it. */
async function claimOf(scene: Scene, template: string): Promise<string> {
  const message = ready(await getTemplate(scene, template))?.message ?? '';
  return `pvc/${/claim (image-\w+)/.exec(message)?.[1] ?? ''}`;
}
