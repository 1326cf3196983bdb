import type { VolumeLayer } from './volume-layers.ts';

/**
 * One step that makes a volume hold less than it did, and every layer that is needed the same. `stream` brings what
 * `layer` holds up into the one that stands on it, `commit` brings what `above` holds down into `layer`, which then takes
 * its place.
 */
export type Fold =
  | { readonly type: 'remove'; readonly layer: DroppedLayer }
  | { readonly type: 'stream' | 'commit'; readonly layer: DroppedLayer; readonly above: VolumeLayer };

export type DroppedLayer = VolumeLayer & { readonly id: string };

/**
 * What to do next about layers that were dropped; undefined when nothing is left to do. Never more is copied than the
 * smaller of two layers has. A large layer below the active one is left until the active one has grown as large: it
 * takes no more room than the disk would without it, and nothing has to be copied while the guest runs.
 */
export function nextFold(layers: readonly VolumeLayer[], freeBytes: number): Fold | undefined {
  const folds = layers.filter(isDropped).flatMap((layer) => foldOf(layers, layer) ?? []);
  return folds.find((fold) => roomNeeded(fold) <= freeBytes);
}

function isDropped(layer: VolumeLayer): layer is DroppedLayer {
  return layer.isDropped && layer.id !== undefined;
}

/** One that several stand on is needed by all of them. */
function foldOf(layers: readonly VolumeLayer[], layer: DroppedLayer): Fold | undefined {
  const [above, ...others] = layers.filter(({ below }) => below === layer.file);
  if (!above) return { type: 'remove', layer };
  if (others.length > 0) return undefined;
  if (layer.actualSize <= above.actualSize) return { type: 'stream', layer, above };
  return above.id === undefined ? undefined : { type: 'commit', layer, above };
}

function roomNeeded(fold: Fold): number {
  switch (fold.type) {
    case 'remove':
      return 0;
    case 'stream':
      return fold.layer.actualSize;
    case 'commit':
      return fold.above.actualSize;
  }
}
