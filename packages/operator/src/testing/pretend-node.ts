/** Plays scheduler and kubelet: a pod that has its Secret runs, and its launcher answers as a real one would. */
import { Labels, LAUNCHER_PORT } from '@hypersdk/api';
import {
  ConflictError,
  Informer,
  keyOf,
  Pods,
  Secrets,
  type Client,
  type Pod,
  type Secret,
} from '@hypersdk/kube';
import { machineSecretOf } from '../virtual-machine/pod/machine-secret.ts';
import { unlessGone } from '../idempotent.ts';
import { isSameJson } from '../same-json.ts';
import { pretendLauncher, type PretendLauncher } from './pretend-launcher.ts';
import { PretendMigrations } from './pretend-migrations.ts';

export class PretendNode {
  readonly pods: Informer<Pod>;
  readonly #client: Client;
  readonly #network: string;
  readonly secrets: Informer<Secret>;
  readonly #launchers = new Map<string, PretendLauncher>();
  readonly #stop = new AbortController();
  readonly #migrations = new PretendMigrations();
  /** Names of the pods that were started, in order. */
  readonly started: string[] = [];

  /** The network is one of the loopback's, `127.0.107`, a different one for each test that runs at the same time. */
  constructor(client: Client, namespace: string, network: string) {
    this.#client = client;
    this.#network = network;
    this.pods = new Informer(client, Pods, { namespace });
    this.secrets = new Informer(client, Secrets, { namespace });
  }

  async start(): Promise<void> {
    this.pods.subscribe(({ type, object }) => {
      if (type === 'deleted') this.#end(object);
      else this.#startIfComplete(object);
      if (type === 'modified') {
        this.#does(this.#giveResources(object));
        this.#does(this.#finishDeletion(object));
      }
    });
    this.secrets.subscribe(({ type, object }) => {
      const pod = this.pods.list().find(({ metadata }) => isOwner(metadata.uid, object));
      if (pod && type === 'modified') this.#launchers.get(keyOf(pod))?.renew(object);
      if (pod) this.#startIfComplete(pod);
    });
    this.pods.start(this.#stop.signal);
    this.secrets.start(this.#stop.signal);
    await Promise.all([this.pods.synced, this.secrets.synced]);
  }

  stop(): void {
    this.#stop.abort();
    for (const { server } of this.#launchers.values()) {
      server.closeAllConnections();
      server.close();
    }
  }

  #end(pod: Pod): void {
    this.#launchers.get(keyOf(pod))?.server.close();
    this.#launchers.delete(keyOf(pod));
  }

  #startIfComplete(pod: Pod): void {
    const key = keyOf(pod);
    const { namespace = '', deletionTimestamp, labels } = pod.metadata;
    // An import pod has no guest.
    if (labels?.[Labels.vmName] === undefined) return;
    const secret = this.secrets.get(`${namespace}/${machineSecretOf(pod)}`);
    if (!secret || this.#launchers.has(key) || deletionTimestamp) return;
    this.started.push(pod.metadata.name);
    const launcher = pretendLauncher(secret, this.#migrations);
    this.#launchers.set(key, launcher);
    // One of its own: the launcher of a pod that is gone may still be closing.
    const ip = `${this.#network}.${this.started.length}`;
    this.#does(launcher.ended.then((message) => this.#succeed(pod, message)));
    launcher.server.listen(LAUNCHER_PORT, ip, () => {
      this.#does(this.#run(pod, ip));
    });
  }

  /** What is left when a test ends goes with its API server. */
  #does(work: Promise<void>): void {
    void work.catch((error: unknown) => {
      if (!this.#stop.signal.aborted) throw error;
    });
  }

  #run(pod: Pod, ip: string): Promise<void> {
    const qemu = { ...container('qemu', { running: {} }), resources: qemuResources(pod) };
    return this.#tell(pod, {
      phase: 'Running',
      podIP: ip,
      podIPs: [{ ip }],
      containerStatuses: [qemu],
    });
  }

  /** Whatever it is asked for, once it runs. */
  async #giveResources(pod: Pod): Promise<void> {
    const [status] = pod.status?.containerStatuses ?? [];
    const resources = qemuResources(pod);
    if (!status?.state?.running || isSameJson(status.resources, resources)) return;
    await this.#tell(pod, { containerStatuses: [{ ...status, resources }] });
  }

  /** The server does it itself for a pod on no node, unless who asked for it hangs up meanwhile. */
  async #finishDeletion({ metadata }: Pod): Promise<void> {
    const { namespace = '', name, uid, deletionTimestamp } = metadata;
    if (!deletionTimestamp) return;
    try {
      await unlessGone(this.#client.delete(Pods, { namespace, name }, { uid, gracePeriodSeconds: 0 }));
    } catch (error) {
      // Another has its name by now.
      if (!(error instanceof ConflictError)) throw error;
    }
  }

  #succeed(pod: Pod, message: string): Promise<void> {
    const finishedAt = new Date().toISOString();
    const ended = (said?: string) => ({
      terminated: { exitCode: 0, finishedAt, ...(said && { message: said }) },
    });
    const containerStatuses = [container('qemu', ended()), container('launcher', ended(message))];
    return this.#tell(pod, { phase: 'Succeeded', containerStatuses });
  }

  async #tell({ metadata }: Pod, status: NonNullable<Pod['status']>): Promise<void> {
    await unlessGone(this.#client.mergePatch(Pods, metadata, { status }, { subresource: 'status' }));
  }
}

type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

function container(name: string, state: NonNullable<ContainerStatus['state']>): ContainerStatus {
  return { name, image: '', imageID: '', ready: true, restartCount: 0, state };
}

const qemuResources = ({ spec }: Pod): NonNullable<ContainerStatus['resources']> =>
  spec?.containers.find(({ name }) => name === 'qemu')?.resources ?? {};

function isOwner(uid: string | undefined, { metadata }: Secret): boolean {
  return metadata.ownerReferences?.some((owner) => owner.uid === uid) ?? false;
}
