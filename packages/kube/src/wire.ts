import type { OwnerReference } from './object.ts';

/**
 * A generated client-node model as it travels. Its classes hold times as `Date`; we neither parse nor
 * print times on the way, so here they are the RFC 3339 strings that the API server sends.
 */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { [Field in keyof T]: Wire<T[Field]> }
      : T;

/** What server-side apply sends: the fields we mean to own, and the object's name. */
export type ApplyConfiguration<T> = {
  [Field in keyof T]?: Field extends 'metadata' ? ApplyMeta : PartialDeep<T[Field]> | undefined;
} & { metadata: ApplyMeta };

interface ApplyMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
}

/** RFC 7396: what is given is set, `null` removes, `undefined` is not sent, arrays are replaced whole. */
export type MergePatch<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [Field in keyof T]?: MergePatch<T[Field]> | null | undefined }
    : T;

/** RFC 6902. */
export type JsonPatchOperation =
  | { op: 'add' | 'replace' | 'test'; path: string; value: unknown }
  | { op: 'remove'; path: string }
  | { op: 'move' | 'copy'; from: string; path: string };

type PartialDeep<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [Field in keyof T]?: PartialDeep<T[Field]> | undefined }
    : T;
