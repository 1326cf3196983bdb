/** Spec's disks with every default resolved: which claim, how big, and what it holds at first. */
import {
  deletePolicyOf,
  rootDiskOf,
  type Disk,
  type EffectiveSpec,
  type VirtualMachine,
  type VMTemplate,
} from '@hypersdk/api';
import type { StorageClass } from '@hypersdk/kube';
import { defaultAccessMode } from '../../storage-profiles.ts';
import { imageClaimName } from '../../vm-template/names.ts';

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
  readonly bootIndex: number | undefined;
  readonly source: DiskSource;
}

export type DiskSource =
  | { readonly type: 'blank' }
  | { readonly type: 'existing' }
  | { readonly type: 'golden'; readonly claim: string; readonly clone: 'linked' | 'full' };

/** Why the VM cannot have these disks; the reason is a condition's. */
export class DiskProblem extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface DiskContext {
  readonly vm: VirtualMachine;
  readonly spec: EffectiveSpec;
  readonly template: VMTemplate | undefined;
  readonly storageClasses: readonly StorageClass[];
}

/** Throws DiskProblem. */
export function resolveDisks(context: DiskContext): ResolvedDisk[] {
  const disks = wantedDisks(context);
  const root = context.vm.spec.image && rootDiskOf(disks);
  if (root?.source) {
    throw new DiskProblem(
      'ImageUnused',
      `spec.image goes to disk ${root.name}, which boots first and has a source of its own`,
    );
  }
  return disks.map((disk) => resolveDisk(disk, disk === root, context));
}

/** A VM with an image and no disks has one, as big as the template recommends. */
function wantedDisks({ spec, vm, template }: DiskContext): readonly Disk[] {
  if (spec.disks.length > 0) return spec.disks;
  if (!vm.spec.image)
    throw new DiskProblem('NoDisks', 'spec.disks and spec.image are both empty: nothing to boot from');
  const size = template?.spec.recommendedResources?.minDiskSize ?? template?.status?.size;
  return [
    {
      name: 'root',
      size,
      type: 'disk',
      accessMode: 'ReadWriteOnce',
      volumeMode: 'Filesystem',
      cloneMode: 'auto',
    },
  ];
}

function resolveDisk(disk: Disk, isRoot: boolean, context: DiskContext): ResolvedDisk {
  const given = disk.source?.pvc;
  return {
    name: disk.name,
    claimName: given?.name ?? `${context.vm.metadata.name}-${disk.name}`,
    isOurs: !given,
    keep: deletePolicyOf(disk) === 'Keep',
    size: diskSize(disk),
    storageClass: disk.storageClass,
    accessMode: disk.accessMode,
    volumeMode: disk.volumeMode,
    device: disk.type,
    bootIndex: disk.bootOrder ?? (isRoot ? 1 : undefined),
    source: isRoot ? goldenSource(disk, context) : ownSource(disk),
  };
}

function diskSize(disk: Disk): string {
  if (disk.size) return disk.size;
  // A given disk's size is what it is; the launcher reads it from the disk itself.
  if (disk.source?.pvc) return '0';
  throw new DiskProblem('NoSize', `disk ${disk.name}: size is missing`);
}

function ownSource(disk: Disk): DiskSource {
  const { source } = disk;
  if (!source || source.blank) return { type: 'blank' };
  if (source.pvc) return { type: 'existing' };
  const kind = Object.keys(source)[0] ?? 'source';
  throw new DiskProblem(
    'NotImplemented',
    `disk ${disk.name}: source.${kind} is not implemented in this version`,
  );
}

function goldenSource(disk: Disk, { vm, template, storageClasses }: DiskContext): DiskSource {
  if (!template)
    throw new DiskProblem(
      'NotImplemented',
      'spec.image.source is not implemented in this version: use spec.image.templateRef',
    );
  if (template.metadata.namespace !== vm.metadata.namespace) {
    throw new DiskProblem(
      'NotImplemented',
      `template ${template.metadata.name} is in another namespace, which is not implemented in this version`,
    );
  }
  return { type: 'golden', claim: imageClaimName(template), clone: cloneMode(disk, storageClasses) };
}

/** A golden volume that many nodes can mount takes overlays; any other is copied, so that pods stay free to move. */
function cloneMode(disk: Disk, storageClasses: readonly StorageClass[]): 'linked' | 'full' {
  const mode = disk.cloneMode;
  if (disk.volumeMode === 'Block') return 'full';
  if (mode !== 'auto') return mode;
  return defaultAccessMode(storageClasses, undefined) === 'ReadWriteMany' ? 'linked' : 'full';
}
