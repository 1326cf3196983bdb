import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { ImportSpec } from '@hypersdk/api/machine';
import { ProblemError } from '../../problem.ts';
import { GoldenVolume, MIB, sha256, withChecksum } from '../../testing/golden-volume.ts';
import { issue, testAuthority } from '../../testing/certificates.ts';
import type { BUCKET } from '../../testing/s3-server.ts';
import { S3_KEYS, S3Server } from '../../testing/s3-server.ts';

const KEY = 'linux/tiny 1+2.qcow2';

describe('an import from an object store', () => {
  let volume: GoldenVolume;
  let store: S3Server;
  before(async () => {
    [volume, store] = await Promise.all([GoldenVolume.open(), S3Server.start()]);
  });
  after(async () => {
    await volume.close();
    await store.stop();
  });
  beforeEach(async () => {
    await volume.reset();
    await volume.writeCredentials(S3_KEYS);
    await store.put(KEY, volume.images.qcow2);
    store.connections = 0;
  });

  const object = (changes: Partial<S3Server['source'] & { key: string }> = {}): Partial<ImportSpec> => ({
    source: { ...store.source, key: KEY, ...changes },
  });

  it('makes a golden image of the object', async () => {
    const state = await volume.import({ ...object(), ...withChecksum(sha256(volume.images.qcow2)) });
    assert.equal(state.checksum, `sha256:${sha256(volume.images.qcow2)}`);
    await volume.assertGolden();
  });

  it("takes the keys by the names that Amazon's tools give them", async () => {
    const { accessKeyId, secretAccessKey } = S3_KEYS;
    await volume.writeCredentials({ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey });
    await volume.import(object());
    await volume.assertGolden();
  });

  it('takes up a download where it broke', async () => {
    store.cuts.push(MIB, MIB);
    await volume.import({ ...object(), ...withChecksum(sha256(volume.images.qcow2)) });
    assert.equal(store.connections, 3);
    await volume.assertGolden();
  });

  it('goes on after a kill', async () => {
    store.cuts.push(MIB, 0, 0);
    const [code] = (await once(volume.run(object()), 'exit')) as [number];
    assert.equal(code, 75);
    assert.ok((await volume.termination()).downloaded > MIB / 2);
    const [next] = (await once(volume.run(object()), 'exit')) as [number];
    assert.equal(next, 0, JSON.stringify(await volume.termination()));
    await volume.assertGolden();
  });

  it('begins anew when the object has been replaced in between', async () => {
    const other = Buffer.concat([volume.images.vmdk]);
    store.cuts.push(MIB, 0, 0);
    await volume.failure(object());
    await store.put(KEY, other);
    await volume.import({ ...object(), ...withChecksum(sha256(other)) });
    await volume.assertGolden();
  });

  interface Refusal {
    readonly by: string;
    readonly changes?: Partial<S3Server['source'] & { key: string }>;
    readonly keys?: Readonly<Record<string, string>>;
    readonly reason: string;
    readonly message: RegExp;
  }
  const refusals: Refusal[] = [
    {
      by: 'a missing object',
      changes: { key: 'none' },
      reason: 'NotFound',
      message: /images has no object none/,
    },
    {
      by: 'a missing bucket',
      changes: { bucket: 'nowhere' as typeof BUCKET },
      reason: 'NotFound',
      message: /no bucket nowhere/,
    },
    {
      by: 'a wrong secret key',
      keys: { ...S3_KEYS, secretAccessKey: 'wrong' },
      reason: 'AccessDenied',
      message: /SignatureDoesNotMatch.*check the keys in the Secret/,
    },
    {
      by: 'an unknown access key',
      keys: { ...S3_KEYS, accessKeyId: 'nobody' },
      reason: 'AccessDenied',
      message: /check the keys in the Secret of source.s3.secretRef/,
    },
    {
      by: 'a Secret without its keys',
      keys: { password: 'x' },
      reason: 'InvalidCredentials',
      message: /no key accessKeyId/,
    },
    {
      by: 'another region',
      changes: { region: 'us-east-1' as 'eu-test-1' },
      reason: 'WrongRegion',
      message: /set source.s3.region/,
    },
  ];
  for (const { by, changes, keys, reason, message } of refusals) {
    it(`that fails by ${by} is permanent and says so`, async () => {
      if (keys) await volume.writeCredentials(keys);
      const error = await volume.failure(object(changes));
      assert.equal(error.problem.reason, reason);
      assert.match(error.problem.message, message);
      assert.ok(error instanceof ProblemError);
      assert.deepEqual(await volume.files(), []);
    });
  }

  it('without a Secret asks for one where the bucket is not for everybody', async () => {
    await volume.reset();
    const error = await volume.failure(object());
    assert.match(error.problem.message, /name a Secret .* in source.s3.secretRef/);
  });

  it('by a wrong checksum leaves nothing', async () => {
    const error = await volume.failure({ ...object(), ...withChecksum('0'.repeat(64)) });
    assert.equal(error.problem.reason, 'ChecksumMismatch');
    assert.deepEqual(await volume.files(), []);
  });
});

describe('an object store with TLS of a private authority', () => {
  it('is believed by the caBundle', async (t) => {
    const volume = await GoldenVolume.open();
    t.after(() => volume.close());
    const identity = await issue(await testAuthority(), 'localhost');
    const store = await S3Server.start(identity);
    t.after(() => store.stop());
    await volume.reset();
    await volume.writeCredentials(S3_KEYS);
    const error = await volume.failure({ source: { ...store.source, key: KEY } });
    assert.equal(error.problem.reason, 'TLSFailed');
    const missing = await volume.failure({ source: { ...store.source, key: KEY }, caBundle: identity.ca });
    assert.match(missing.problem.message, /has no object/);
  });
});
