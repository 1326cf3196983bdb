import { execa } from 'execa';
import { ctr } from './containerd.ts';
import type { ClusterNode, Instance } from './instance.ts';
import { step } from './progress.ts';

interface OciIndex {
  readonly manifests: readonly { digest: string; annotations?: Record<string, string> }[];
}

/** Gives every node the images of these OCI archives, where it does not have them already. */
export async function loadImages(instance: Instance, archives: readonly string[]): Promise<void> {
  for (const archive of archives) {
    const wanted = await imagesOf(archive);
    for (const node of instance.nodes) {
      const present = await imagesOn(node);
      if (wanted.every(({ reference, digest }) => present.get(reference) === digest)) continue;
      const names = wanted.map(({ reference }) => reference).join(', ');
      await step(`load ${names} into ${node.name}`, () => ctr(node, ['images', 'import', archive]));
    }
  }
}

async function imagesOf(archive: string): Promise<{ reference: string; digest: string }[]> {
  const { stdout } = await execa('tar', ['-xOf', archive, 'index.json']);
  // The archive is one that the image build has just made.
  return (JSON.parse(stdout) as OciIndex).manifests.map(({ digest, annotations }) => ({
    reference: annotations?.['org.opencontainers.image.ref.name'] ?? '',
    digest,
  }));
}

async function imagesOn(node: ClusterNode): Promise<Map<string, string>> {
  const { stdout } = await ctr(node, ['images', 'list']);
  const rows = stdout.split('\n').slice(1);
  return new Map(
    rows.map((row) => row.split(/\s+/)).map(([reference, , digest]) => [reference ?? '', digest ?? '']),
  );
}
