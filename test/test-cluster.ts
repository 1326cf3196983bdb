import { basename, extname } from 'node:path';
import { ensureDebianGuest } from '../images/guests/debian/image.ts';
import { buildImages, type GuestImage } from '../images/build.ts';
import { ensureConverted } from '../images/guests/converted.ts';
import { binary } from './cluster/binaries.ts';
import {
  ensureImageServer,
  ensureRegistry,
  loadImages,
  pushContainerDisk,
  startCluster,
} from './cluster/cluster.ts';
import { SITE_HOST } from './cluster/dns.ts';
import { installOperator } from './cluster/operator.ts';
import { nameAsReleased } from './cluster/release-images.ts';
import { step } from './cluster/progress.ts';

/**
 * A cluster with the operator of this checkout, for the end-to-end tests. Their environment: KUBECONFIG, IMAGE_SERVER_URL
 * for URL imports, with tiny.raw.gz, tiny.vmdk, tiny.vdi and tiny.vhdx, the tiny guest's IMAGE_URL, IMAGE_SHA256,
 * IMAGE_FORMAT and IMAGE_VIRTUAL_SIZE (bytes), the Debian guest's under the same names with the prefix DEBIAN_,
 * CONTAINER_DISK with the tiny guest in a registry without TLS, and RELEASE, the chart's version, which is a second tag of
 * our images on the nodes. SITE_HOST is a name of the image server's host that only the pods' name server knows. A test
 * that wants VMs to wait for green power serves CARBON_URL itself.
 */
export async function startTestCluster(name: string): Promise<Record<string, string>> {
  const instance = await startCluster({ instance: name });
  const [{ operator, launcher, guests }, debian] = await step('build the images', (log) =>
    Promise.all([buildImages({ log }), ensureDebianGuest(log)]),
  );
  await loadImages(instance, [operator.archive, launcher.archive]);
  const release = await nameAsReleased(instance, [operator.reference, launcher.reference]);
  const converted = await step('convert the tiny guest', () => ensureConverted('tiny', guests.tiny));
  await ensureImageServer(instance, [guests.tiny.file, debian.file, ...converted]);
  await ensureRegistry(instance);
  const containerDisk = await step('push a container disk', () =>
    pushContainerDisk(instance, guests.tiny.file, 'guests/tiny'),
  );
  const carbonUrl = `http://${instance.bridge.address}:8089`;
  const references = { operator: operator.reference, launcher: launcher.reference };
  await step('install the operator', () =>
    installOperator({
      kubeconfig: instance.kubeconfig,
      helm: binary('helm'),
      images: references,
      values: [
        ...['carbon.source=http', `carbon.http.url=${carbonUrl}/{zone}`, 'carbon.http.interval=1s'],
        'featureGates.InstantClone=true',
      ],
    }),
  );
  return {
    KUBECONFIG: instance.kubeconfig,
    HYPERSDK_INSTANCE: name,
    RELEASE: release,
    IMAGE_SERVER_URL: instance.imageServer.url,
    SITE_HOST,
    CARBON_URL: carbonUrl,
    ...imageEnvironment('IMAGE', instance.imageServer.url, guests.tiny),
    ...imageEnvironment('DEBIAN_IMAGE', instance.imageServer.url, debian),
    CONTAINER_DISK: containerDisk,
  };
}

function imageEnvironment(
  prefix: string,
  server: string,
  { file, sha256, virtualSize }: GuestImage,
): Record<string, string> {
  return {
    [`${prefix}_URL`]: `${server}/${basename(file)}`,
    [`${prefix}_SHA256`]: sha256,
    [`${prefix}_FORMAT`]: extname(file).slice(1),
    [`${prefix}_VIRTUAL_SIZE`]: String(virtualSize),
  };
}
