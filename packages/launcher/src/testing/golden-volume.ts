/** An import with everything around it: a volume, a server that gives the image, and images of every format. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IMAGE_FILE, type ImportSpec, ImportState } from '@hypersdk/api/machine';
import { importImage, type ImportOptions } from '../import/import-image.ts';
import { ProblemError, TransientError } from '../problem.ts';
import type { Death } from './deaths.ts';
import { FileServer } from './file-server.ts';

export const MIB = 1024 * 1024;
export const FORMATS = ['qcow2', 'raw', 'vmdk', 'vdi', 'vhdx'] as const;
export type Images = Readonly<Record<(typeof FORMATS)[number], Buffer>>;

export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
export const withChecksum = (value: string): Partial<ImportSpec> => ({
  checksum: { type: 'sha256', value },
});

export class GoldenVolume {
  readonly scratch: string;
  /** The same disk of 4 MiB in every format. */
  readonly images: Images;
  server: FileServer;

  static async open(): Promise<GoldenVolume> {
    const scratch = await mkdtemp(join(tmpdir(), 'import-'));
    const images = await makeImages(scratch);
    return new GoldenVolume(scratch, images, await FileServer.start(images.qcow2));
  }

  private constructor(scratch: string, images: Images, server: FileServer) {
    this.scratch = scratch;
    this.images = images;
    this.server = server;
  }

  get directory(): string {
    return join(this.scratch, 'golden');
  }

  /** An empty volume, and a server that behaves. */
  async reset(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
    await mkdir(this.directory);
    await rm(join(this.scratch, 'credentials'), { recursive: true, force: true });
    this.server.stop();
    this.server = await FileServer.start(this.images.qcow2);
  }

  async close(): Promise<void> {
    this.server.stop();
    await rm(this.scratch, { recursive: true });
  }

  spec(changes: Partial<ImportSpec> = {}): ImportSpec {
    return { source: { type: 'http', url: this.server.url }, directory: this.directory, ...changes };
  }

  import(changes: Partial<ImportSpec> = {}): Promise<ImportState> {
    const options: ImportOptions = {
      signal: AbortSignal.timeout(120_000),
      report: () => undefined,
      retries: { attempts: 3, firstDelay: 1, longestDelay: 2 },
      idleTimeout: 5_000,
      credentials: join(this.scratch, 'credentials'),
      upload: { identity: join(this.scratch, 'no-certificates'), port: 0 },
    };
    return importImage(this.spec(changes), options);
  }

  /** What the kubelet mounts of the source's Secret. */
  async writeCredentials(files: Readonly<Record<string, string>>): Promise<void> {
    const directory = join(this.scratch, 'credentials');
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory);
    for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  }

  async failure(changes: Partial<ImportSpec> = {}): Promise<ProblemError | TransientError> {
    try {
      await this.import(changes);
    } catch (error) {
      if (error instanceof ProblemError || error instanceof TransientError) return error;
      throw error;
    }
    throw new Error('the import succeeded');
  }

  files(): Promise<string[]> {
    return readdir(this.directory).then((names) => names.sort());
  }

  /** The golden image holds the disk, and nothing lies beside it. */
  async assertGolden(): Promise<void> {
    const image = join(this.directory, IMAGE_FILE);
    const raw = join(this.scratch, 'raw');
    execFileSync('qemu-img', ['compare', '-q', '-f', 'raw', '-F', 'qcow2', raw, image]);
    assert.deepEqual(await this.files(), ['image.json', IMAGE_FILE]);
  }

  /** The importer as a process of its own, as in its pod. */
  run(changes: Partial<ImportSpec> = {}, death?: Death, environment: NodeJS.ProcessEnv = {}): ChildProcess {
    const program = join(import.meta.dirname, '../import/main.ts');
    return spawn(process.execPath, [...(death?.args ?? []), program], {
      stdio: 'ignore',
      env: {
        ...process.env,
        ...death?.env,
        IMPORT_SPEC: JSON.stringify(this.spec(changes)),
        TERMINATION_LOG: join(this.scratch, 'termination-log'),
        HYPERSDK_CONFIG: join(this.scratch, 'no-certificates'),
        HYPERSDK_CREDENTIALS: join(this.scratch, 'credentials'),
        ...environment,
      },
    });
  }

  /** What a process has left. */
  async termination(): Promise<ImportState> {
    const text = await readFile(join(this.scratch, 'termination-log'), 'utf8');
    return ImportState.parse(JSON.parse(text));
  }
}

async function makeImages(scratch: string): Promise<Images> {
  const raw = join(scratch, 'raw');
  // Half of it zeros, as disks are.
  await writeFile(raw, Buffer.concat([randomBytes(2 * MIB), Buffer.alloc(2 * MIB)]));
  const made = async (format: string): Promise<Buffer> => {
    const path = join(scratch, format);
    if (format !== 'raw') execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', format, raw, path]);
    return readFile(path);
  };
  const [qcow2, vmdk, vdi, vhdx] = await Promise.all(['qcow2', 'vmdk', 'vdi', 'vhdx'].map(made));
  if (!qcow2 || !vmdk || !vdi || !vhdx) throw new Error('qemu-img made no images');
  return { qcow2, raw: await made('raw'), vmdk, vdi, vhdx };
}
