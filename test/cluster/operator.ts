import { join } from 'node:path';
import { execa } from 'execa';
import { REPOSITORY } from './instance.ts';
import { kubeconfigFlag, kubectl } from './kubectl.ts';
import type { ClusterAccess } from './kubectl.ts';

export interface OperatorInstallation extends ClusterAccess {
  readonly helm: string;
  /** References of the two images; the chart's own defaults where absent. */
  readonly images?: { readonly operator: string; readonly launcher: string };
  /** More of the chart's values, as in `operator.replicas=2`. */
  readonly values?: readonly string[];
}

/** Installs the chart, or upgrades what is there, and waits until the operator is ready. */
export async function installOperator(installation: OperatorInstallation): Promise<void> {
  // With its Pod Security labels, which Helm's own --create-namespace would not give it.
  await kubectl(installation, ['apply', '-f', join(REPOSITORY, 'deploy/operator/00-namespace.yaml')]);
  const chart = join(REPOSITORY, 'deploy/helm/hypersdk-operator');
  const place = ['--namespace', 'hypersdk-system', ...kubeconfigFlag(installation)];
  // A tag of digits alone is no number.
  const images = imageValues(installation.images).flatMap((value) => ['--set-string', value]);
  const settings = [...images, ...(installation.values ?? []).flatMap((value) => ['--set', value])];
  const waiting = ['--wait', '--timeout', '3m'];
  await execa(
    installation.helm,
    ['upgrade', '--install', 'hypersdk-operator', chart, ...place, ...settings, ...waiting],
    {
      timeout: 200_000,
    },
  );
}

export function imageValues(images: OperatorInstallation['images']): string[] {
  if (!images) return [];
  return (['operator', 'launcher'] as const).flatMap((name) => {
    const { repository, tag } = splitReference(images[name]);
    return [`${name}.image.repository=${repository}`, `${name}.image.tag=${tag}`];
  });
}

/** A colon before the last slash is a registry's port. */
function splitReference(reference: string): { repository: string; tag: string } {
  const colon = reference.indexOf(':', reference.lastIndexOf('/'));
  if (colon < 0) return { repository: reference, tag: 'latest' };
  return { repository: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}
