/** What somebody wants imported. Equal wishes in one namespace share one import. */
import { createHash } from 'node:crypto';
import {
  checksumOf,
  parseBytes,
  rootDiskOf,
  type Disk,
  type ImportSpec,
  type VirtualMachine,
  type VMImage,
  type VMImageSource,
  type VMTemplate,
} from '@hypersdk/api';

/** An upload is that of one VMImage, and of no later one of its name. */
export interface UploadFor {
  readonly name: string;
  readonly uid: string | undefined;
}

export interface ImageWish {
  readonly source: Omit<VMImageSource, 'upload'> & { readonly upload?: UploadFor };
  readonly format: ImportSpec['format'];
  readonly checksum: ImportSpec['checksum'];
  /** Bytes: the most that a guest may see. */
  readonly size: number | undefined;
  /** Of the golden volume; the cluster's default where absent. */
  readonly storageClass: string | undefined;
}

/** Undefined of one that names a VMImage. */
export function templateOwnWish({ spec: { image }, metadata }: VMTemplate): ImageWish | undefined {
  if (image.source.image) return undefined;
  return {
    source: resolved(image.source, metadata.namespace),
    format: image.format,
    checksum: lowerCase(checksumOf(image)),
    size: image.size === undefined ? undefined : parseBytes(image.size),
    storageClass: undefined,
  };
}

export function vmImageWish({ spec, metadata }: VMImage): ImageWish {
  const isChecked = spec.prepare?.validateChecksum !== false;
  const { name, uid } = metadata;
  return {
    source: {
      ...resolved(spec.source, metadata.namespace),
      ...(spec.source.upload && { upload: { name, uid } }),
    },
    format: spec.format,
    checksum: isChecked ? lowerCase(checksumOf(spec)) : undefined,
    size: spec.size === undefined ? undefined : parseBytes(spec.size),
    storageClass: spec.storageClass,
  };
}

/** Of a disk that names where its image is; the image goes where the disk is. */
export function diskWish({ source, storageClass }: Disk): ImageWish | undefined {
  const { http, s3, containerDisk } = source ?? {};
  if (!http && !s3 && !containerDisk) return undefined;
  const named = { ...(http && { http }), ...(s3 && { s3 }), ...(containerDisk && { containerDisk }) };
  return {
    source: resolved(named, undefined),
    format: undefined,
    checksum: lowerCase(checksumOf({ source: named })),
    size: undefined,
    storageClass,
  };
}

/** Of a VM that names a source itself: the image goes where the VM's root disk is. */
export function ownWish({ spec: { image, disks }, metadata }: VirtualMachine): ImageWish | undefined {
  if (!image?.source) return undefined;
  return {
    source: resolved(image.source, metadata.namespace),
    format: undefined,
    checksum: lowerCase(checksumOf(image)),
    size: undefined,
    storageClass: rootDiskOf(disks)?.storageClass,
  };
}

/** The disks that a VM gets; those of its template where it lists none. */
export function disksOf(vm: VirtualMachine, template: VMTemplate | undefined): readonly Disk[] {
  return vm.spec.disks ?? template?.spec.defaultSpec?.disks ?? [];
}

export const templateOwnWishes = (template: VMTemplate): ImageWish[] => [
  ...[templateOwnWish(template) ?? []].flat(),
  ...diskWishes(template.spec.defaultSpec?.disks),
];
export const ownWishes = (vm: VirtualMachine): ImageWish[] => [
  ...[ownWish(vm) ?? []].flat(),
  ...diskWishes(vm.spec.disks),
];

function diskWishes(disks: readonly Disk[] = []): ImageWish[] {
  return disks.flatMap((disk) => diskWish(disk) ?? []);
}

/** Claim of the import, in whatever namespace: the same for equal wishes, another for any other. */
export function imageName(wish: ImageWish): string {
  const digest = createHash('sha256')
    .update(JSON.stringify(inOrder(wish)))
    .digest('hex');
  return `image-${digest.slice(0, 12)}`;
}

/** Name of the Secret by which the source lets the importer in. */
export function secretOf({ source: { s3, containerDisk } }: ImageWish): string | undefined {
  return s3?.secretRef?.name ?? containerDisk?.pullSecretRef?.name;
}

/** A checksum may be written inside the source or beside it, and a claim's namespace may be left out. */
function resolved(source: VMImageSource, namespace: string | undefined): ImageWish['source'] {
  const { http, s3, pvc, upload: _, ...rest } = source;
  return {
    ...rest,
    ...(pvc && { pvc: { namespace, ...pvc } }),
    ...(http && { http: { ...http, checksum: undefined } }),
    ...(s3 && { s3: { ...s3, checksum: undefined } }),
  };
}

function lowerCase(checksum: ImportSpec['checksum']): ImportSpec['checksum'] {
  return checksum && { type: checksum.type, value: checksum.value.toLowerCase() };
}

/** Whoever wrote an object may have had its keys in another order. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, inOrder(inner)]));
}
