import { MachinePaths } from '@hypersdk/api/machine';

/** Where the pod's mounts are; tests put them elsewhere. */
export type Paths = { readonly [Name in keyof typeof MachinePaths]: string };

/** `HYPERSDK_RUNTIME` and its like name another directory than the pod's. */
export function pathsFrom(environment: NodeJS.ProcessEnv): Paths {
  return {
    config: environment['HYPERSDK_CONFIG'] ?? MachinePaths.config,
    cloudInit: environment['HYPERSDK_CLOUD_INIT'] ?? MachinePaths.cloudInit,
    runtime: environment['HYPERSDK_RUNTIME'] ?? MachinePaths.runtime,
    volumes: environment['HYPERSDK_VOLUMES'] ?? MachinePaths.volumes,
    images: environment['HYPERSDK_IMAGES'] ?? MachinePaths.images,
  };
}
