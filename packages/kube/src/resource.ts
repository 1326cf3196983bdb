import type { Key, KubeObject } from './object.ts';

declare const objectType: unique symbol;

/** Where objects of type `T` live in the API. `T` exists for the compiler only. */
export interface Resource<T extends KubeObject = KubeObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly [objectType]?: T;
}

export function defineResource<T extends KubeObject>(
  resource: Omit<Resource, typeof objectType>,
): Resource<T> {
  return resource;
}

export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** `/apis/apps/v1/namespaces/default/deployments`; all namespaces without one. */
export function collectionPath(resource: Resource, namespace?: string): string {
  const root = resource.group === '' ? '/api' : '/apis';
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}/${apiVersionOf(resource)}${scope}/${resource.plural}`;
}

export function objectPath(resource: Resource, key: Key, subresource?: string): string {
  if (resource.namespaced && !key.namespace) {
    throw new TypeError(`${resource.kind} ${key.name} needs a namespace`);
  }
  const path = `${collectionPath(resource, resource.namespaced ? key.namespace : undefined)}/${encodeURIComponent(key.name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}
