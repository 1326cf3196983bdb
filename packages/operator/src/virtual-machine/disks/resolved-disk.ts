/** A disk of spec with every default resolved, and what it is resolved from. */
import type { Disk, EffectiveSpec, VirtualMachine, VMTemplate } from '@hypersdk/api';
import type { PersistentVolumeClaim, StorageClass } from '@hypersdk/kube';
import type { Observed } from '../observed.ts';

export type DiskSource =
  | { readonly type: 'blank' }
  /** `bases` are the claims that it stands on. */
  | { readonly type: 'existing'; readonly bases: readonly string[] }
  /** Made by an operation. */
  | { readonly type: 'clone'; readonly bases: readonly string[] }
  /** Copied from a layer in the volume of `claim`, which stands on `bases`. */
  | {
      readonly type: 'snapshot';
      readonly claim: string;
      readonly bases: readonly string[];
      readonly file: string;
    }
  | { readonly type: 'golden'; readonly claim: string; readonly clone: 'linked' | 'full' };

export interface ResolvedDisk {
  readonly name: string;
  readonly claimName: string;
  /** False for a claim that the user gave; it is never made, resized or deleted by us. */
  readonly isOurs: boolean;
  readonly keep: boolean;
  readonly size: string;
  readonly storageClass: string | undefined;
  readonly accessMode: Disk['accessMode'];
  readonly volumeMode: Disk['volumeMode'];
  readonly device: Disk['type'];
  readonly bus?: Disk['bus'];
  readonly bootIndex: number | undefined;
  readonly source: DiskSource;
}

export interface DiskContext extends Pick<Observed, 'claims' | 'diskImages' | 'goldenClaims'> {
  readonly vm: VirtualMachine;
  readonly spec: EffectiveSpec;
  readonly template: VMTemplate | undefined;
  readonly image: Observed['image'];
  readonly storageClasses: readonly StorageClass[];
  readonly claims: ReadonlyMap<string, PersistentVolumeClaim>;
}
