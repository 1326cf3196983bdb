import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ImportSpec } from '@hypersdk/api/machine';
import { ProblemError } from '../problem.ts';
import { type Fault } from '../testing/file-server.ts';
import { GoldenVolume, MIB, sha256, withChecksum } from '../testing/golden-volume.ts';

const http = (url: string): Partial<ImportSpec> => ({ source: { type: 'http', url } });

describe('an import that fails', () => {
  let volume: GoldenVolume;
  before(async () => {
    volume = await GoldenVolume.open();
  });
  after(() => volume.close());
  beforeEach(() => volume.reset());

  const faults: { name: string; faults: Fault[]; reason: string; permanent: boolean }[] = [
    { name: '404', faults: [{ status: 404 }], reason: 'NotFound', permanent: true },
    { name: '403', faults: [{ status: 403 }], reason: 'AccessDenied', permanent: true },
    {
      name: '503 again and again',
      faults: Array.from({ length: 3 }, () => ({ status: 503 })),
      reason: 'ServerError',
      permanent: false,
    },
    {
      name: 'a connection that always ends at once',
      faults: Array.from({ length: 3 }, () => ({ cutAfter: 0 })),
      reason: 'DownloadInterrupted',
      permanent: false,
    },
  ];
  for (const { name, faults: wanted, reason, permanent } of faults) {
    it(`by ${name} is ${permanent ? 'permanent' : 'temporary'}`, async () => {
      volume.server.faults.push(...wanted);
      const error = await volume.failure();
      assert.equal(error.problem.reason, reason);
      assert.equal(error instanceof ProblemError, permanent);
    });
  }

  const addresses = [
    { name: 'a host that nobody knows', url: 'http://unknown.invalid/i', reason: 'UnknownHost' },
    {
      name: 'a port where nobody listens',
      url: 'http://127.0.0.1:9/i',
      reason: 'ConnectionFailed|Interrupted',
    },
    { name: 'what is no HTTP URL', url: 'file:///etc/passwd', reason: 'UnsupportedSource' },
  ];
  for (const { name, url, reason } of addresses) {
    it(`by ${name} says so`, async () => {
      assert.match((await volume.failure(http(url))).problem.reason, new RegExp(reason));
    });
  }

  it('by a server without TLS where https was asked for is permanent', async () => {
    const error = await volume.failure(http(volume.server.url.replace('http:', 'https:')));
    assert.equal(error.problem.reason, 'TLSFailed');
    assert.ok(error instanceof ProblemError);
  });

  it('by a wrong checksum names both', async () => {
    const error = await volume.failure(withChecksum('0'.repeat(64)));
    assert.equal(error.problem.reason, 'ChecksumMismatch');
    assert.match(error.problem.message, new RegExp(`${sha256(volume.server.content)}.*${'0'.repeat(64)}`));
    assert.deepEqual(await volume.files(), []);
  });

  it('by an image that shows a guest more than its template says names both sizes', async () => {
    const error = await volume.failure({ size: 3 * MIB });
    assert.equal(error.problem.reason, 'ImageTooLarge');
    assert.match(error.problem.message, /sees 4Mi of the image; image.size says 3Mi/);
  });

  const made = (name: string, ...options: string[]): Buffer => {
    const path = join(volume.scratch, name);
    execFileSync('qemu-img', ['create', '-q', ...options, path, '4M']);
    return readFileSync(path);
  };
  const strangers: {
    name: string;
    content: () => Buffer;
    reason: string;
    format?: 'qcow2' | 'raw';
  }[] = [
    {
      name: 'an image with a backing file',
      content: () => made('overlay', '-u', '-f', 'qcow2', '-b', '/etc/passwd', '-F', 'raw'),
      reason: 'UnsafeImage',
    },
    {
      name: 'an image with a backing file in an archive',
      content: () => gzipSync(made('overlay', '-u', '-f', 'qcow2', '-b', '/etc/passwd', '-F', 'raw')),
      reason: 'UnsafeImage',
    },
    {
      name: 'an image with a data file of its own',
      content: () =>
        made('external', '-f', 'qcow2', '-o', `data_file=${join(volume.scratch, 'secret')},data_file_raw=on`),
      reason: 'UnsafeImage',
    },
    {
      name: 'a vmdk that describes other files',
      content: () => made('flat.vmdk', '-f', 'vmdk', '-o', 'subformat=monolithicFlat'),
      reason: 'UnsafeImage|UnsupportedFormat|NotAnImage',
    },
    { name: 'a web page', content: () => Buffer.from('\n<html>log in</html>'), reason: 'NotAnImage' },
    { name: 'a zip archive', content: () => Buffer.from('504b0304', 'hex'), reason: 'NotAnImage' },
    { name: 'an empty file', content: () => Buffer.alloc(0), reason: 'NotAnImage' },
    {
      name: 'an archive cut short',
      content: () => gzipSync(volume.images.raw).subarray(0, MIB),
      reason: 'ImageCorrupt',
    },
    {
      name: 'an archive in an archive',
      content: () => gzipSync(gzipSync(volume.images.raw)),
      reason: 'NotAnImage',
    },
    {
      name: 'raw where qcow2 was promised',
      content: () => volume.images.raw,
      reason: 'UnsupportedFormat',
      format: 'qcow2',
    },
    {
      name: 'a qcow2 image cut short',
      content: () => volume.images.qcow2.subarray(0, MIB),
      reason: 'ImageCorrupt',
    },
  ];
  for (const { name, content, reason, format } of strangers) {
    it(`by ${name} is permanent and leaves nothing`, async () => {
      volume.server.content = content();
      const error = await volume.failure({ ...(format && { format }) });
      assert.match(error.problem.reason, new RegExp(reason));
      assert.ok(error instanceof ProblemError);
      assert.deepEqual(await volume.files(), []);
    });
  }

  const isRoot = process.getuid?.() === 0;
  const full: { name: string; content: () => Buffer; size: string }[] = [
    { name: 'a download', content: () => volume.images.raw, size: '1m' },
    { name: 'an unpacked archive', content: () => gzipSync(volume.images.raw), size: '3m' },
    { name: 'a conversion', content: () => volume.images.raw, size: '5m' },
  ];
  for (const { name, content, size } of full) {
    it(`by a volume that has no room for ${name} leaves nothing in it`, { skip: !isRoot }, async () => {
      volume.server.content = content();
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', volume.directory]);
      try {
        const error = await volume.failure();
        assert.equal(error.problem.reason, 'NoSpace');
        assert.ok(error instanceof ProblemError);
        assert.deepEqual(await volume.files(), []);
      } finally {
        execFileSync('umount', ['--lazy', volume.directory]);
      }
    });
  }

  it('because it is killed goes on from there when it runs again', async () => {
    const { server } = volume;
    const stuck = Promise.withResolvers<undefined>();
    server.faults.push({ cutAfter: MIB }, { stall: true });
    server.onRequest = () => {
      if (server.requests.length === 2) stuck.resolve(undefined);
    };
    const first = volume.run();
    await stuck.promise;
    first.kill('SIGKILL');
    await once(first, 'exit');
    server.onRequest = () => undefined;
    const [code] = (await once(volume.run(), 'exit')) as [number];
    assert.equal(code, 0);
    assert.match(server.requests.at(-1) ?? '', /^bytes=[1-9]/);
    assert.equal((await volume.termination()).phase, 'Ready');
    await volume.assertGolden();
  });

  for (const { status, code, when } of [
    { status: 404, code: 1, when: 'only somebody else can help' },
    { status: 503, code: 75, when: 'time may help' },
  ]) {
    it(`ends with ${code} when ${when}, and leaves the problem as its termination message`, async () => {
      volume.server.faults.push(...Array.from({ length: 3 }, () => ({ status })));
      await rm(join(volume.scratch, 'termination-log'), { force: true });
      const [found] = (await once(volume.run(), 'exit')) as [number];
      assert.equal(found, code);
      assert.match((await volume.termination()).problem?.message ?? '', new RegExp(String(status)));
    });
  }
});
