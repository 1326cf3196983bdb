import { ProblemError } from '../../problem.ts';
import type { Send } from '../http-client.ts';
import { withRetries } from '../retries.ts';
import { verifiedDownload, type Downloading } from '../verified-download.ts';
import { diskInLayer, type DiskSearch } from './disk-in-layer.ts';
import { imageLayers, type Layer } from './layers.ts';
import { imageReference } from './reference.ts';
import { Registry } from './registry.ts';

export interface ContainerDisk {
  readonly image: string;
  readonly path?: string | undefined;
  readonly plainHttp: boolean;
}

export interface Place {
  /** The volume. */
  readonly directory: string;
  /** File for the disk. */
  readonly to: string;
  /** Directory of the pull secret. */
  readonly secret: string;
  readonly send: Send;
}

/**
 * Gets the disk out of a container image, straight from its registry; resolves with the bytes that were downloaded.
 * The topmost layer that has a disk counts, so of a usual container disk only that layer is downloaded.
 */
export async function fetchContainerDisk(
  disk: ContainerDisk,
  place: Place,
  options: Downloading,
): Promise<number> {
  const image = imageReference(disk.image);
  const registry = new Registry(image, { plainHttp: disk.plainHttp, ...place });
  const layers = await withRetries(() => imageLayers(registry, image.reference, options.signal), options);
  const search: DiskSearch = { path: disk.path, removed: new Set() };
  let downloaded = 0;
  for (const layer of layers.toReversed()) {
    const { path, size } = await layerFile(registry, layer, place.directory, options);
    downloaded += size;
    if ((await diskInLayer(path, place.to, search)) !== undefined) return downloaded;
  }
  const wanted = disk.path ?? 'a file in /disk';
  const message = `The container image ${disk.image} has not ${wanted}: give one that holds a disk, or its path.`;
  throw new ProblemError({ reason: 'NotAnImage', message });
}

function layerFile(registry: Registry, layer: Layer, directory: string, options: Downloading) {
  const [algorithm = '', digest] = layer.digest.split(':');
  const send = registry.send.bind(registry);
  const wanted = { url: registry.blobUrl(layer.digest), send, immutable: true, algorithm, digest };
  return verifiedDownload(directory, wanted, options);
}
