import { basename, extname } from 'node:path';
import { buildImages } from '../images/build.ts';
import { binary } from './cluster/binaries.ts';
import { ensureImageServer, loadImages, startCluster } from './cluster/cluster.ts';
import { installOperator } from './cluster/operator.ts';
import { nameAsReleased } from './cluster/release-images.ts';
import { step } from './cluster/progress.ts';

/**
 * A cluster with the operator of this checkout, for the end-to-end tests. Their environment: KUBECONFIG, IMAGE_SERVER_URL
 * for URL imports, the tiny guest's IMAGE_URL, IMAGE_SHA256, IMAGE_FORMAT and IMAGE_VIRTUAL_SIZE (bytes), and RELEASE,
 * the chart's version, which is a second tag of our images on the nodes.
 */
export async function startTestCluster(name: string): Promise<Record<string, string>> {
  const instance = await startCluster({ instance: name });
  const images = await step('build the images', (log) => buildImages({ log }));
  const { operator, launcher, guests } = images;
  await loadImages(instance, [operator.archive, launcher.archive]);
  const release = await nameAsReleased(instance, [operator.reference, launcher.reference]);
  await ensureImageServer(instance, [guests.tiny.file]);
  const references = { operator: operator.reference, launcher: launcher.reference };
  await step('install the operator', () =>
    installOperator({ kubeconfig: instance.kubeconfig, helm: binary('helm'), images: references }),
  );
  return {
    KUBECONFIG: instance.kubeconfig,
    HYPERSDK_INSTANCE: name,
    RELEASE: release,
    IMAGE_SERVER_URL: instance.imageServer.url,
    IMAGE_URL: `${instance.imageServer.url}/${basename(guests.tiny.file)}`,
    IMAGE_SHA256: guests.tiny.sha256,
    IMAGE_FORMAT: extname(guests.tiny.file).slice(1),
    IMAGE_VIRTUAL_SIZE: String(guests.tiny.virtualSize),
  };
}
