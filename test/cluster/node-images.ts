import { execa } from 'execa';
import { ctr } from './containerd.ts';
import type { ClusterNode, Instance } from './instance.ts';
import { step } from './progress.ts';

interface Image {
  readonly reference: string;
  readonly digest: string;
}

interface OciIndex {
  readonly manifests: readonly { digest: string; annotations?: Record<string, string> }[];
}

/** Gives every node the images of these OCI archives, where it does not have them already. */
export async function loadImages(instance: Instance, archives: readonly string[]): Promise<void> {
  for (const archive of archives) {
    const images = await imagesOf(archive);
    await Promise.all(instance.nodes.map((node) => loadInto(node, archive, images)));
  }
}

async function loadInto(node: ClusterNode, archive: string, images: readonly Image[]): Promise<void> {
  const present = await imagesOn(node);
  if (images.every(({ reference, digest }) => present.get(reference) === digest)) return;
  const names = images.map(({ reference }) => reference).join(', ');
  await step(`load ${names} into ${node.name}`, () => ctr(node, ['images', 'import', archive]));
}

async function imagesOf(archive: string): Promise<Image[]> {
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
