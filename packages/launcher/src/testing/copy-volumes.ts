/** The volumes that a copier works on: a golden image of ones, a source that stands on it and has a two, and room. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DISK_FILE, IMAGE_FILE, type CopyDisk, type CopySpec } from '@hypersdk/api/machine';
import { write } from './guest-writes.ts';

export const qemuImg = (...args: string[]): void => {
  execFileSync('qemu-img', args, { stdio: 'ignore' });
};

export class CopyVolumes {
  readonly root: string;
  readonly images: string;

  static async make(): Promise<CopyVolumes> {
    const volumes = new CopyVolumes(await mkdtemp(join(tmpdir(), 'copy-')));
    for (const claim of ['golden', 'source', 'clone', 'second'])
      await mkdir(volumes.volume(claim), { recursive: true });
    const golden = join(volumes.volume('golden'), IMAGE_FILE);
    qemuImg('create', '-q', '-f', 'qcow2', golden, '4M');
    write(golden, 1, 0);
    qemuImg('create', '-q', '-f', 'qcow2', '-b', golden, '-F', 'qcow2', volumes.file('source'), '8M');
    write(volumes.file('source'), 2, 1);
    return volumes;
  }

  private constructor(root: string) {
    this.root = root;
    this.images = join(root, 'images');
  }

  volume(claim: string): string {
    return join(this.images, claim);
  }

  file(claim: string): string {
    return join(this.volume(claim), DISK_FILE);
  }

  copyOf(mode: CopyDisk['mode'], from = 'source', to = 'clone', id = 'a1'): CopySpec {
    return {
      id,
      isFrozen: false,
      disks: [
        {
          ...{ name: 'root', mode },
          from: { type: 'filesystem', directory: this.volume(from) },
          to: { type: 'filesystem', directory: this.volume(to) },
        },
      ],
    };
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true });
  }
}
