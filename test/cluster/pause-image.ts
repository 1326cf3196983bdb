import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { binary } from './binaries.ts';

export const PAUSE_IMAGE = 'localhost/hypersdk/pause:1';

/** Packs the pause binary as an OCI archive (OCI image layout, version 1.0) and returns the archive's path. */
export async function pauseArchive(directory: string): Promise<string> {
  const archive = join(directory, 'pause.tar');
  const layout = await mkdtemp(join(tmpdir(), 'hypersdk-pause-'));
  try {
    const layer = await layerOf(binary('pause'));
    const image = {
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: { Entrypoint: ['/pause'], User: '65535:65535' },
      rootfs: { type: 'layers', diff_ids: [digest(layer)] },
    };
    const config = Buffer.from(JSON.stringify(image));
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: `${MEDIA}.manifest.v1+json`,
        config: await putBlob(layout, `${MEDIA}.config.v1+json`, config),
        layers: [await putBlob(layout, `${MEDIA}.layer.v1.tar`, layer)],
      }),
    );
    const descriptor = await putBlob(layout, `${MEDIA}.manifest.v1+json`, manifest);
    const annotations = { 'org.opencontainers.image.ref.name': PAUSE_IMAGE };
    const index = { schemaVersion: 2, manifests: [{ ...descriptor, annotations }] };
    await writeFile(join(layout, 'index.json'), JSON.stringify(index));
    await writeFile(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    await mkdir(directory, { recursive: true });
    await execa('tar', ['-C', layout, '-cf', archive, 'oci-layout', 'index.json', 'blobs']);
    return archive;
  } finally {
    await rm(layout, { recursive: true, force: true });
  }
}

const MEDIA = 'application/vnd.oci.image';

async function layerOf(file: string): Promise<Buffer> {
  const reproducible = ['--owner=0', '--group=0', '--numeric-owner', '--mtime=@0'];
  const { stdout } = await execa('tar', ['-C', dirname(file), ...reproducible, '-c', 'pause'], {
    encoding: 'buffer',
  });
  return Buffer.from(stdout);
}

async function putBlob(layout: string, mediaType: string, content: Buffer) {
  const path = join(layout, 'blobs', digest(content).replace(':', '/'));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return { mediaType, digest: digest(content), size: content.length };
}

function digest(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
