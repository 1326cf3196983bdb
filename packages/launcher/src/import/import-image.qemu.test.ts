import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { IMAGE_FILE, type ImportSpec, ImportState } from '@hypersdk/api/machine';
import { ProblemError, TransientError } from '../problem.ts';
import { type Fault, FileServer } from '../testing/file-server.ts';
import { importImage, type ImportOptions } from './import-image.ts';

const MIB = 1024 * 1024;
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
const quick: ImportOptions = {
  signal: AbortSignal.timeout(120_000),
  report: () => undefined,
  retries: { attempts: 3, firstDelay: 1, longestDelay: 2 },
  idleTimeout: 5_000,
};

describe('importImage', () => {
  let scratch = '';
  let directory = '';
  let images: Record<'qcow2' | 'raw' | 'vmdk' | 'vdi' | 'vhdx', Buffer>;
  let server: FileServer;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'import-'));
    const raw = join(scratch, 'raw');
    await writeFile(raw, randomBytes(4 * MIB));
    const made = async (format: string): Promise<Buffer> => {
      const path = join(scratch, format);
      if (format !== 'raw') execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', format, raw, path]);
      return readFile(path);
    };
    images = {
      qcow2: await made('qcow2'),
      raw: await made('raw'),
      vmdk: await made('vmdk'),
      vdi: await made('vdi'),
      vhdx: await made('vhdx'),
    };
  });
  after(() => rm(scratch, { recursive: true }));

  beforeEach(async () => {
    directory = join(scratch, 'golden');
    await mkdir(directory);
    server = await FileServer.start(images.qcow2);
  });
  afterEach(async () => {
    server.stop();
    await rm(directory, { recursive: true });
  });

  const spec = (changes: Partial<ImportSpec> = {}): ImportSpec => ({
    url: server.url,
    directory,
    ...changes,
  });
  const withChecksum = (value: string): Partial<ImportSpec> => ({ checksum: { type: 'sha256', value } });
  const assertGolden = (): void => {
    const image = join(directory, IMAGE_FILE);
    execFileSync('qemu-img', ['compare', '-q', '-f', 'raw', '-F', 'qcow2', join(scratch, 'raw'), image]);
  };
  const failure = async (promise: Promise<unknown>): Promise<ProblemError | TransientError> => {
    try {
      await promise;
    } catch (error) {
      if (error instanceof ProblemError || error instanceof TransientError) return error;
      throw error;
    }
    throw new Error('the import succeeded');
  };

  for (const format of ['qcow2', 'raw', 'vmdk', 'vdi', 'vhdx'] as const) {
    it(`makes a golden image from ${format} and leaves nothing else`, async () => {
      server.content = images[format];
      const state = await importImage(spec({ ...withChecksum(sha256(server.content)) }), quick);
      assert.equal(state.phase, 'Ready');
      assert.equal(state.virtualSize, 4 * MIB);
      assert.equal(state.checksum, `sha256:${sha256(server.content)}`);
      assertGolden();
      assert.deepEqual((await readdir(directory)).sort(), ['image.json', IMAGE_FILE]);
    });
  }

  it('does nothing, with the same result, when the image is there', async () => {
    const first = await importImage(spec(), quick);
    assert.deepEqual(await importImage(spec(), quick), first);
    assert.equal(server.requests.length, 1);
  });

  it('never replaces an image with another', async () => {
    await importImage(spec(), quick);
    const error = await failure(importImage(spec(withChecksum('0'.repeat(64))), quick));
    assert.equal(error.problem.reason, 'ImageMismatch');
    assertGolden();
  });

  it('takes up a download where it broke', async () => {
    server.faults.push({ cutAfter: MIB }, { status: 503 }, { cutAfter: MIB });
    await importImage(spec(withChecksum(sha256(server.content))), quick);
    const starts = server.requests.map((range) => Number(/\d+/.exec(range ?? '0')?.[0]));
    assert.equal(starts.length, 4);
    assert.ok(starts[1]! > 0 && starts[3]! > starts[2]!, `ranges began at ${starts.join(', ')}`);
    assertGolden();
  });

  it('begins anew when the file has changed in between', async () => {
    server.content = images.raw;
    server.faults.push({ cutAfter: MIB });
    server.onRequest = () => {
      if (server.requests.length === 2) [server.content, server.etag] = [images.qcow2, '"two"'];
    };
    await importImage(spec(withChecksum(sha256(images.qcow2))), quick);
    assertGolden();
  });

  it('begins anew where the server has no ranges', async () => {
    server.ranges = false;
    server.faults.push({ cutAfter: MIB });
    await importImage(spec(), quick);
    assertGolden();
  });

  it('follows redirects', async () => {
    server.faults.push({ status: 302, redirectTo: server.url });
    await importImage(spec(), quick);
    assertGolden();
  });

  it('downloads once more in one go when what it had resumed does not fit the checksum', async () => {
    const checksum = withChecksum(sha256(server.content));
    server.faults.push({ cutAfter: MIB }, { status: 404 });
    await failure(importImage(spec(checksum), quick));
    const part = join(directory, 'download.part');
    const spoilt = await readFile(part);
    await writeFile(part, spoilt.fill(7, 0, 512));
    await importImage(spec(checksum), quick);
    assert.equal(server.requests.at(-1), undefined);
    assertGolden();
  });

  const faults: { name: string; faults: Fault[]; reason: string; permanent: boolean }[] = [
    { name: '404', faults: [{ status: 404 }], reason: 'DownloadFailed', permanent: true },
    { name: '403', faults: [{ status: 403 }], reason: 'DownloadFailed', permanent: true },
    {
      name: '503 again and again',
      faults: Array.from({ length: 3 }, () => ({ status: 503 })),
      reason: 'DownloadFailed',
      permanent: false,
    },
    {
      name: 'a connection that always ends at once',
      faults: Array.from({ length: 3 }, () => ({ cutAfter: 0 })),
      reason: 'DownloadFailed',
      permanent: false,
    },
  ];
  for (const { name, faults: wanted, reason, permanent } of faults) {
    it(`calls ${name} ${permanent ? 'permanent' : 'temporary'}`, async () => {
      server.faults.push(...wanted);
      const error = await failure(importImage(spec(), quick));
      assert.equal(error.problem.reason, reason);
      assert.equal(error instanceof ProblemError, permanent);
    });
  }

  it('refuses a wrong checksum and keeps nothing of it', async () => {
    const error = await failure(importImage(spec(withChecksum('0'.repeat(64))), quick));
    assert.equal(error.problem.reason, 'ChecksumMismatch');
    assert.match(error.problem.message, new RegExp(sha256(server.content)));
    assert.equal((await readFile(join(directory, 'download.part'))).length, 0);
  });

  const backing = (): Buffer => {
    const path = join(scratch, 'overlay');
    execFileSync('qemu-img', [
      'create',
      '-q',
      '-u',
      '-f',
      'qcow2',
      '-b',
      '/etc/passwd',
      '-F',
      'raw',
      path,
      '4M',
    ]);
    return execFileSync('cat', [path]);
  };
  const dataFile = (): Buffer => {
    const path = join(scratch, 'external');
    const options = `data_file=${join(scratch, 'secret')},data_file_raw=on`;
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-o', options, path, '4M']);
    return execFileSync('cat', [path]);
  };
  const flatVmdk = (): Buffer => {
    const path = join(scratch, 'flat.vmdk');
    execFileSync('qemu-img', ['create', '-q', '-f', 'vmdk', '-o', 'subformat=monolithicFlat', path, '4M']);
    return execFileSync('cat', [path]);
  };
  const strangers: {
    name: string;
    content: () => Buffer;
    reason: string | RegExp;
    format?: 'qcow2' | 'raw';
  }[] = [
    { name: 'an image with a backing file', content: backing, reason: 'UnsafeImage' },
    { name: 'an image with a data file of its own', content: dataFile, reason: 'UnsafeImage' },
    { name: 'a vmdk that describes other files', content: flatVmdk, reason: /UnsafeImage|UnsupportedFormat/ },
    { name: 'a web page', content: () => Buffer.from('\n<html>log in</html>'), reason: 'UnsupportedFormat' },
    { name: 'a gzip archive', content: () => Buffer.from('1f8b0800', 'hex'), reason: 'UnsupportedFormat' },
    { name: 'an empty file', content: () => Buffer.alloc(0), reason: 'UnsupportedFormat' },
    {
      name: 'raw where qcow2 was promised',
      content: () => images.raw,
      reason: 'UnsupportedFormat',
      format: 'qcow2',
    },
    { name: 'a qcow2 image cut short', content: () => images.qcow2.subarray(0, MIB), reason: 'ImageCorrupt' },
  ];
  for (const { name, content, reason, format } of strangers) {
    it(`refuses ${name}`, async () => {
      server.content = content();
      const error = await failure(importImage(spec({ ...(format && { format }) }), quick));
      assert.match(error.problem.reason, new RegExp(reason));
      assert.ok(error instanceof ProblemError);
      assert.ok(!(await readdir(directory)).includes(IMAGE_FILE));
    });
  }

  it('takes a raw disk as raw when told so, whatever a guest wrote into it', async () => {
    server.content = Buffer.concat([backing(), Buffer.alloc(MIB)]).subarray(0, MIB);
    const { virtualSize } = await importImage(spec({ format: 'raw' }), quick);
    assert.equal(virtualSize, server.content.length);
  });

  it('refuses what is no HTTP URL', async () => {
    assert.equal(
      (await failure(importImage(spec({ url: 'file:///etc/passwd' }), quick))).problem.reason,
      'UnsupportedSource',
    );
  });

  it('is killed in the middle, runs again and goes on from there', async () => {
    const stuck = Promise.withResolvers<undefined>();
    server.faults.push({ cutAfter: MIB }, { stall: true });
    server.onRequest = () => {
      if (server.requests.length === 2) stuck.resolve(undefined);
    };
    const first = runImporter(spec());
    await stuck.promise;
    first.kill('SIGKILL');
    await once(first, 'exit');
    server.onRequest = () => undefined;
    const second = runImporter(spec());
    const [code] = (await once(second, 'exit')) as [number];
    assert.equal(code, 0);
    assert.match(server.requests.at(-1) ?? '', /^bytes=[1-9]/);
    const left = ImportState.parse(JSON.parse(await readFile(join(scratch, 'termination-log'), 'utf8')));
    assert.equal(left.phase, 'Ready');
    assertGolden();
  });

  it('exits with 1 and leaves the problem as its termination message', async () => {
    server.faults.push({ status: 404 });
    const [code] = (await once(runImporter(spec()), 'exit')) as [number];
    assert.equal(code, 1);
    const left = ImportState.parse(JSON.parse(await readFile(join(scratch, 'termination-log'), 'utf8')));
    assert.equal(left.problem?.reason, 'DownloadFailed');
  });

  function runImporter(wanted: ImportSpec) {
    return spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      stdio: 'ignore',
      env: {
        ...process.env,
        IMPORT_SPEC: JSON.stringify(wanted),
        TERMINATION_LOG: join(scratch, 'termination-log'),
        HYPERSDK_CONFIG: join(scratch, 'no-certificates'),
      },
    });
  }
});
