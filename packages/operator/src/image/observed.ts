/** Everything that a decision about one golden image rests on. */
import type { ImportState } from '@hypersdk/api';
import type { PersistentVolumeClaim, Pod, StorageClass } from '@hypersdk/kube';
import type { Config } from '../config.ts';
import type { ImportPolicy } from './policy.ts';
import type { SourceClaim } from './source-claim.ts';
import type { ImageWish } from './wish.ts';

export interface ObservedImage {
  readonly namespace: string;
  /** Of the claim. */
  readonly name: string;
  /** Undefined when nobody wants the image any more. */
  readonly wish: ImageWish | undefined;
  readonly policy: ImportPolicy;
  readonly claim: PersistentVolumeClaim | undefined;
  /** Whether disks stand on the image. */
  readonly hasDependents: boolean;
  /** Import pods of this claim's uid. */
  readonly pods: readonly Pod[];
  /** Whether they have their Secrets. */
  readonly isIdentified: boolean;
  /** What the running importer says; undefined while it does not answer. */
  readonly progress: ImportState | undefined;
  /** Of an image that is copied from a claim. */
  readonly source: SourceClaim | undefined;
  /** Names of the pods that may be writing that claim, or may have while the importer that has succeeded read it. */
  readonly sourceWriters: readonly string[];
  readonly storageClasses: readonly StorageClass[];
  readonly config: Config;
}
