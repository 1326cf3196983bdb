import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

export interface OpenedArchive extends AsyncDisposable {
  /** The names that the archive's index gives its image. */
  readonly references: readonly string[];
  readonly config: { readonly User: string; readonly Labels: Record<string, string> };
  /** Digests of the compressed layers, lowest first. */
  readonly layers: readonly string[];
  readonly files: readonly ArchivedFile[];
  read(path: string): Promise<string>;
}

export interface ArchivedFile {
  /** As `ls -l` shows it. */
  readonly mode: string;
  /** Numeric, `uid/gid`. */
  readonly owner: string;
  readonly path: string;
}

/** Opens an OCI archive: https://github.com/opencontainers/image-spec/blob/main/image-layout.md. */
export async function openArchive(archive: string): Promise<OpenedArchive> {
  const directory = await mkdtemp(join(tmpdir(), 'oci-archive-'));
  await execa('tar', ['-xf', archive, '-C', directory]);
  const blob = (digest: string): string => join(directory, 'blobs', digest.replace(':', '/'));
  // Documents of an archive that the code under test has just written; their shape is what is tested.
  const json = async (file: string) => JSON.parse(await readFile(file, 'utf8')) as Document;
  const index = await json(join(directory, 'index.json'));
  const [described] = index.manifests;
  if (!described) throw new Error(`${archive} holds no image`);
  const manifest = await json(blob(described.digest));
  const layers = manifest.layers.map(({ digest }) => digest);
  const listings = await Promise.all(layers.map((digest) => listLayer(blob(digest))));
  return {
    references: index.manifests.map(
      ({ annotations }) => annotations['org.opencontainers.image.ref.name'] ?? '',
    ),
    config: (await json(blob(manifest.config.digest))).config,
    layers,
    files: listings.flat(),
    async read(path) {
      const layer = layers[listings.findLastIndex((files) => files.some((file) => file.path === path))];
      if (layer === undefined) throw new Error(`${archive} holds no file ${path}`);
      return (await execa('tar', ['-xOzf', blob(layer), path])).stdout;
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

/** Those parts of the index, the manifest and the configuration that are read here. */
interface Document {
  readonly manifests: readonly { digest: string; annotations: Record<string, string> }[];
  readonly layers: readonly { digest: string }[];
  readonly config: { digest: string; User: string; Labels: Record<string, string> };
}

async function listLayer(layer: string): Promise<ArchivedFile[]> {
  const { stdout } = await execa('tar', ['-tvzf', layer, '--numeric-owner']);
  return stdout.split('\n').map((line) => {
    const [mode = '', owner = '', , , , path = ''] = line.split(/\s+/);
    return { mode, owner, path };
  });
}
