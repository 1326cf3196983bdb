/** Plays scheduler and kubelet: a pod that has its Secret runs, and its launcher answers as a real one would. */
import { createServer, type Server } from 'node:https';
import { LAUNCHER_PORT, documentDigest, MachineSpec, type MachineState } from '@hypersdk/api';
import {
  Informer,
  keyOf,
  NotFoundError,
  Pods,
  Secrets,
  type Client,
  type Pod,
  type Secret,
} from '@hypersdk/kube';
import { machineSecretOf } from '../virtual-machine/pod/machine-secret.ts';

export class PretendNode {
  readonly pods: Informer<Pod>;
  readonly #client: Client;
  readonly #ip: string;
  readonly #secrets: Informer<Secret>;
  readonly #launchers = new Map<string, Server>();
  readonly #stop = new AbortController();
  /** Names of the pods that were started, in order. */
  readonly started: string[] = [];

  /** The IP is one of the loopback's, a different one for each test that runs at the same time. */
  constructor(client: Client, namespace: string, ip: string) {
    this.#client = client;
    this.#ip = ip;
    this.pods = new Informer(client, Pods, { namespace });
    this.#secrets = new Informer(client, Secrets, { namespace });
  }

  async start(): Promise<void> {
    this.pods.subscribe(({ type, object }) => {
      if (type === 'deleted') this.#end(object);
      else this.#startIfComplete(object);
    });
    this.#secrets.subscribe(({ object }) => {
      const pod = this.pods.list().find(({ metadata }) => isOwner(metadata.uid, object));
      if (pod) this.#startIfComplete(pod);
    });
    this.pods.start(this.#stop.signal);
    this.#secrets.start(this.#stop.signal);
    await Promise.all([this.pods.synced, this.#secrets.synced]);
  }

  stop(): void {
    this.#stop.abort();
    for (const launcher of this.#launchers.values()) {
      launcher.closeAllConnections();
      launcher.close();
    }
  }

  #end(pod: Pod): void {
    this.#launchers.get(keyOf(pod))?.close();
    this.#launchers.delete(keyOf(pod));
  }

  #startIfComplete(pod: Pod): void {
    const key = keyOf(pod);
    const { namespace = '', deletionTimestamp } = pod.metadata;
    const secret = this.#secrets.get(`${namespace}/${machineSecretOf(pod)}`);
    if (!secret || this.#launchers.has(key) || deletionTimestamp) return;
    this.started.push(pod.metadata.name);
    const launcher = pretendLauncher(secret);
    this.#launchers.set(key, launcher);
    launcher.listen(LAUNCHER_PORT, this.#ip, () => void this.#run(pod));
  }

  async #run(pod: Pod): Promise<void> {
    const running = {
      name: 'qemu',
      image: '',
      imageID: '',
      ready: true,
      restartCount: 0,
      state: { running: {} },
    };
    const status = {
      phase: 'Running',
      podIP: this.#ip,
      podIPs: [{ ip: this.#ip }],
      containerStatuses: [running],
    };
    try {
      await this.#client.mergePatch(Pods, pod.metadata, { status }, { subresource: 'status' });
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  }
}

function isOwner(uid: string | undefined, { metadata }: Secret): boolean {
  return metadata.ownerReferences?.some((owner) => owner.uid === uid) ?? false;
}

/** Answers with a running machine, and takes any spec that it is given. */
function pretendLauncher(secret: Secret): Server {
  const file = (name: string): string => Buffer.from(secret.data?.[name] ?? '', 'base64').toString();
  let document = file('machine.json');
  const tls = { key: file('tls.key'), cert: file('tls.crt'), ca: file('ca.crt'), requestCert: true };
  return createServer(tls, (request, response) => {
    if (request.method === 'PUT') {
      void request.toArray().then((chunks) => {
        document = Buffer.concat(chunks as Buffer[]).toString(); // no encoding is set
        response.end(JSON.stringify(stateOf(document)));
      });
      return;
    }
    response.write(`${JSON.stringify(stateOf(document))}\n`);
    if (request.url === '/machine') response.end();
  });
}

function stateOf(document: string): MachineState {
  const spec = MachineSpec.parse(JSON.parse(document));
  const disks = spec.disks.map(({ name, size }) => ({
    name,
    format: 'qcow2' as const,
    virtualSize: size,
    actualSize: 0,
    chain: [],
  }));
  return {
    epoch: spec.epoch,
    phase: 'Running',
    specDigest: documentDigest(document),
    acceleration: { type: 'tcg', reason: 'pretended' },
    startTime: '2026-01-02T03:04:05Z',
    disks,
    restartAwaiting: [],
  };
}
