import { dirname } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { execa } from 'execa';
import type { BuiltImages } from '../../images/build.ts';
import { binary, buildBinaries } from './binaries.ts';
import { startCluster } from './cluster.ts';
import type { ServedGuest } from './first-vm.ts';
import { ensureImageServer } from './image-server.ts';
import { checkoutDirectory } from './instance.ts';
import { loadImages } from './node-images.ts';
import { step } from './progress.ts';

export const targetKinds = ['local', 'kind', 'current'] as const;
export type TargetKind = (typeof targetKinds)[number];

/** A cluster to install into, whoever made it. */
export interface Target {
  /** The user's own where absent. */
  readonly kubeconfig?: string;
  readonly kubectl: string;
  readonly helm: string;
  /** Gives its nodes the images that this checkout builds; those of a cluster of the user's pull published ones. */
  readonly load: (images: BuiltImages) => Promise<void>;
  /** Makes the guest image reachable from the cluster; none where only the outside is. */
  readonly serve: (images: BuiltImages) => Promise<ServedGuest | undefined>;
}

export function prepareTarget(kind: TargetKind, instanceName: string): Promise<Target> {
  switch (kind) {
    case 'local':
      return localTarget(instanceName);
    case 'kind':
      return kindTarget(instanceName);
    case 'current':
      return currentTarget();
  }
}

async function localTarget(instanceName: string): Promise<Target> {
  const instance = await startCluster({ instance: instanceName });
  return {
    kubeconfig: instance.checkoutKubeconfig,
    kubectl: binary('kubectl'),
    helm: binary('helm'),
    load: ({ operator, launcher }) => loadImages(instance, [operator.archive, launcher.archive]),
    serve: async ({ guests }) => {
      await ensureImageServer(instance, [guests.tiny.file]);
      return { url: instance.imageServer.url, image: guests.tiny };
    },
  };
}

async function kindTarget(instanceName: string): Promise<Target> {
  const name = kindClusterName(instanceName);
  const { stdout } = await execa('kind', ['get', 'clusters']);
  if (!stdout.split('\n').includes(name)) {
    await step('create the kind cluster', () =>
      execa('kind', ['create', 'cluster', '--name', name, '--wait', '5m']),
    );
  }
  const kubeconfig = `${checkoutDirectory(instanceName)}/kubeconfig`;
  await mkdir(dirname(kubeconfig), { recursive: true });
  await execa('kind', ['export', 'kubeconfig', '--name', name, '--kubeconfig', kubeconfig]);
  return {
    kubeconfig,
    ...(await ownClients()),
    load: async ({ operator, launcher }) => {
      for (const { archive } of [operator, launcher]) {
        await execa('kind', ['load', 'image-archive', archive, '--name', name], { timeout: 300_000 });
      }
    },
    serve: () => Promise.resolve(undefined),
  };
}

async function currentTarget(): Promise<Target> {
  return {
    ...(await ownClients()),
    load: () => Promise.resolve(),
    serve: () => Promise.resolve(undefined),
  };
}

export function kindClusterName(instanceName: string): string {
  return `hypersdk-${instanceName}`;
}

/** Whoever has a cluster has kubectl; Helm may have to be built. */
async function ownClients(): Promise<{ kubectl: string; helm: string }> {
  const { exitCode } = await execa('helm', ['version'], { reject: false });
  if (exitCode !== 0) await buildBinaries(['helm']);
  return { kubectl: 'kubectl', helm: exitCode === 0 ? 'helm' : binary('helm') };
}
