import { createHash } from 'node:crypto';
import * as z from 'zod';
import { ProblemError } from '../../problem.ts';
import type { Registry } from './registry.ts';

/** Media types of the OCI image specification, and Docker's own from before it. */
const INDEXES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const MANIFESTS = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

const digest = z.string().regex(/^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/);
const Layer = z.object({ digest, size: z.int().nonnegative() });
const Manifest = z.object({ layers: z.array(Layer).min(1) });
const Index = z.object({
  manifests: z.array(
    z.object({
      digest,
      platform: z.object({ os: z.string(), architecture: z.string() }).optional(),
    }),
  ),
});

export type Layer = z.infer<typeof Layer>;

/** Guests are amd64 so far. */
const PLATFORM = { os: 'linux', architecture: 'amd64' } as const;

/** The image's layers, the lowest first. Throws ProblemError or TransientError. */
export async function imageLayers(
  registry: Registry,
  reference: string,
  signal: AbortSignal,
): Promise<readonly Layer[]> {
  const first = await verifiedManifest(registry, reference, [...INDEXES, ...MANIFESTS], signal);
  const index = Index.safeParse(first);
  if (!index.success) return layersOf(first);
  const chosen = index.data.manifests.find(
    ({ platform }) => platform?.os === PLATFORM.os && platform.architecture === PLATFORM.architecture,
  );
  if (!chosen) {
    const has = index.data.manifests.map(({ platform }) => `${platform?.os}/${platform?.architecture}`);
    throw unusable(`it has no ${PLATFORM.os}/${PLATFORM.architecture}, only ${has.join(', ') || 'nothing'}`);
  }
  return layersOf(await verifiedManifest(registry, chosen.digest, MANIFESTS, signal));
}

function layersOf(manifest: unknown): readonly Layer[] {
  const parsed = Manifest.safeParse(manifest);
  if (parsed.success) return parsed.data.layers;
  throw unusable('its manifest is of a kind that this version does not know');
}

async function verifiedManifest(
  registry: Registry,
  reference: string,
  accept: readonly string[],
  signal: AbortSignal,
): Promise<unknown> {
  const body = await registry.manifest(reference, accept, signal);
  const [algorithm = '', expected] = reference.split(':');
  if (expected !== undefined && createHash(algorithm).update(body).digest('hex') !== expected) {
    const message = `The registry's manifest for ${reference} has another digest: pull from a registry that is sound.`;
    throw new ProblemError({ reason: 'ChecksumMismatch', message });
  }
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw unusable('what the registry gives as its manifest is no JSON', cause);
  }
}

const unusable = (what: string, cause?: unknown): ProblemError =>
  new ProblemError(
    { reason: 'NotAnImage', message: `The container image cannot be used: ${what}.` },
    { cause },
  );
