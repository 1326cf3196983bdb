/** The pod that lets a copier of another namespace read the source's disks, and nobody else. */
import { AttachState, NBD_PORT, type RemoteVolume, type ServeSpec, type VMOperation } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import type { Config } from '../../config.ts';
import { certificateName } from '../../virtual-machine/pod/epoch.ts';
import { isServing, runtimeMount, runtimeVolume, SERVED } from '../../worker/serving.ts';
import { workerEnd, type WorkerEnd } from '../../worker/worker-end.ts';
import { workerPod } from '../../worker/worker-pod.ts';
import { targetNamespaceOf } from './across.ts';
import { beside, besideSource, copierName, type CopierContext } from './copier-pod.ts';
import { sourceStorage, sourceVolume } from './storage.ts';

export interface ServerContext extends Omit<CopierContext, 'copy'> {
  readonly copy: Pick<ServeSpec, 'id' | 'isFrozen'>;
  readonly config: Config;
  readonly now: Date;
}

export const serverName = ({ metadata }: VMOperation): string => `${metadata.name}-source`;

export function serverPod(context: ServerContext): Pod {
  const { operation, targetName, disks, below, copy, config, now } = context;
  const name = serverName(operation);
  const client = { metadata: { name: copierName(targetName), namespace: targetNamespaceOf(operation) } };
  const spec: ServeSpec = {
    ...{ id: copy.id, isFrozen: copy.isFrozen, client: certificateName(client) },
    disks: disks.map(({ source }) => ({ name: source.name, from: sourceVolume(source) })),
  };
  const { mounts, devices, volumes } = sourceStorage(disks, below, { readOnly: true });
  return workerPod(
    {
      metadata: besideSource(operation, name),
      // That of the last attempt may not have been collected yet, and would go under this one's feet.
      secretName: `${name}-${now.getTime().toString(36)}`,
      ...{ appName: 'disk-server', worker: 'disk-server', specVariable: 'SERVE_SPEC', spec },
      ...{ devices, mounts: [runtimeMount, ...mounts], volumes: [runtimeVolume, ...volumes] },
      startupProbe: SERVED,
      extras: beside(context),
    },
    config,
  );
}

/** Where the disks are to be had now; undefined while they are not. */
export function servedAt(server: Pod): RemoteVolume | undefined {
  const host = server.status?.podIP;
  if (host === undefined || !isServing(server)) return undefined;
  return { type: 'remote', host, port: NBD_PORT, server: certificateName(server) };
}

const words = {
  ...{ worker: 'disk server', pod: 'disk server pod', failure: 'ServeFailed' },
  schema: AttachState,
};

export const serverEnd = (pod: Pod): WorkerEnd<AttachState> => workerEnd(pod, words);
