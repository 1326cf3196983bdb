import { MachinePaths } from '@hypersdk/api/machine';

type Mount = Exclude<keyof typeof MachinePaths, 'firmwareState' | 'source'>;

/** Where the pod's mounts are, and UEFI's images in our own; tests put them elsewhere. */
export type Paths = { readonly [Name in Mount | 'uefi']: string };

/** `HYPERSDK_RUNTIME` and its like name another directory than the pod's. */
export function pathsFrom(environment: NodeJS.ProcessEnv): Paths {
  return {
    config: environment['HYPERSDK_CONFIG'] ?? MachinePaths.config,
    cloudInit: environment['HYPERSDK_CLOUD_INIT'] ?? MachinePaths.cloudInit,
    runtime: environment['HYPERSDK_RUNTIME'] ?? MachinePaths.runtime,
    volumes: environment['HYPERSDK_VOLUMES'] ?? MachinePaths.volumes,
    images: environment['HYPERSDK_IMAGES'] ?? MachinePaths.images,
    uefi: environment['HYPERSDK_UEFI'] ?? '/usr/share/OVMF',
    credentials: environment['HYPERSDK_CREDENTIALS'] ?? MachinePaths.credentials,
  };
}
