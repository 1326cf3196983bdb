import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { debianTemplate, environment } from '../../test/e2e/stage/manifests.ts';
import { startPause } from '../plain-pods.ts';
import { repeated, timed, type Bench, type Row } from '../row.ts';

export const importThroughput: Row = {
  name: 'Import',
  unit: '',
  goal: '-',
  about:
    "(from apply until the Debian guest's image is Ready, less a plain pod's start) / download, SHA-256 and qemu-img convert on the host, one after the other; taken in turns",
  measure: repeated('import', async (bench, name) => {
    const { scene } = bench;
    const pause = await startPause(bench, `${name}-pause`);
    const { source, checksum } = debianTemplate().spec.image;
    const image = { apiVersion: 'hypersdk.io/v1alpha1', kind: 'VMImage', metadata: { name } };
    const imported = await timed(async () => {
      await scene.apply({ ...image, spec: { source, checksum } });
      await scene.waitFor('condition=Ready', `vmimg/${name}`);
    });
    await scene.k('delete', 'vmimg', name, '--timeout=60s');
    return (imported - pause) / (await plainImport(bench));
  }),
};

async function plainImport({ qemuDirectory }: Bench): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-import-'));
  const [file, image] = [join(directory, 'download'), join(directory, 'image.qcow2')];
  try {
    return await timed(async () => {
      const { body } = await fetch(environment('DEBIAN_IMAGE_URL'));
      if (!body) throw new Error('the image server sent no image');
      await pipeline(Readable.fromWeb(body), createWriteStream(file));
      await pipeline(createReadStream(file), createHash('sha256'));
      await execa(join(qemuDirectory, 'qemu-img'), ['convert', '-O', 'qcow2', file, image]);
    });
  } finally {
    await rm(directory, { recursive: true });
  }
}
