import type { KubeObject, OwnerReference } from './object.ts';

/** Makes its bearer a child of `object`. Throws when the object has not been read from the server. */
export function ownerReference(
  object: KubeObject,
  options: { controller?: boolean; blockOwnerDeletion?: boolean } = {},
): OwnerReference {
  const { apiVersion, kind, metadata } = object;
  if (!apiVersion || !kind || !metadata.uid) {
    throw new TypeError(`an owner needs apiVersion, kind and uid: ${metadata.name}`);
  }
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, ...options };
}

/** By uid and never by name: a new owner of the same name does not adopt the old one's children. */
export function isOwnedBy(child: KubeObject, uid: string): boolean {
  return child.metadata.ownerReferences?.some((owner) => owner.uid === uid) ?? false;
}
