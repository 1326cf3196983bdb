/** A launcher in this process, with its server. Where a blow kills it, its successor takes its place, as kubelet does it. */
import { AsyncResource } from 'node:async_hooks';
import { once, setMaxListeners } from 'node:events';
import type { Server } from 'node:https';
import type { MachineSpec, MachineState } from '@hypersdk/api/machine';
import { readCertificates } from '../http/certificates.ts';
import { machineApi } from '../listeners.ts';
import { jsonLog } from '../log.ts';
import { loadSpec, specDocument } from '../machine/spec-store.ts';
import { pathsFrom } from '../pod/paths.ts';
import { runtimeFiles } from '../pod/runtime-files.ts';
import { startServer } from '../http/server.ts';
import { StateFeed } from '../http/state-feed.ts';
import { Supervisor } from '../supervisor.ts';
import type { Life } from './life.ts';
import { lived } from './lives.ts';
import type { TestPod } from './pod.ts';
import { PATIENCE } from './patience.ts';

interface Incarnation {
  readonly feed: StateFeed;
  readonly supervisor: Supervisor;
  readonly running: Promise<unknown>;
}

export class ServedLauncher {
  readonly #pod: TestPod;
  readonly #port: number;
  readonly #life: Life | undefined;
  readonly #closing = new AbortController();
  #current: Promise<Incarnation>;
  /** Resolves when nobody listens on the port any more. */
  #isFree: Promise<unknown> = Promise.resolve();

  constructor(pod: TestPod, port: number, life?: Life) {
    this.#pod = pod;
    this.#port = port;
    this.#life = life;
    setMaxListeners(0, this.#closing.signal);
    this.#current = life ? this.#beginMortal(life) : this.#begin(this.#closing.signal);
  }

  /** Rejects with the last state where none is as wished in time. */
  async until(isMet: (state: MachineState) => boolean): Promise<MachineState> {
    const late = AbortSignal.timeout(PATIENCE);
    for (;;) {
      const { feed } = await this.#current;
      const isMortal = this.#life && !this.#life.over.aborted;
      const state = await feed.until(isMet, isMortal ? AbortSignal.any([late, this.#life.over]) : late);
      if (state && isMet(state)) return state;
      if (late.aborted) throw new Error(`the launcher's last state is ${JSON.stringify(state)}`);
    }
  }

  /** Whoever takes it: one that dies before it has, or after, is asked as the operator would, which sees no answer. */
  async put(spec: MachineSpec): Promise<void> {
    const document = specDocument(spec, JSON.stringify(spec));
    const { supervisor } = await this.#current;
    const dies = this.#life && !this.#life.over.aborted ? once(this.#life.over, 'abort') : undefined;
    const taken = supervisor.replaceSpec(document);
    await Promise.race([taken, ...(dies ? [dies] : [])]);
    if (this.#life?.over.aborted && dies) await (await this.#current).supervisor.replaceSpec(document);
  }

  async close(): Promise<void> {
    const { running } = await this.#current;
    this.#closing.abort();
    await Promise.all([running, this.#isFree]);
  }

  async #beginMortal(life: Life): Promise<Incarnation> {
    const stop = AbortSignal.any([life.over, this.#closing.signal]);
    const succeed = (): Promise<Incarnation> => this.#isFree.then(() => this.#begin(this.#closing.signal));
    const first = await lived(life, () => this.#begin(stop));
    if (!first || life.over.aborted) return succeed();
    // What the dead one has begun would be of its life.
    const succeedOutside = AsyncResource.bind(() => {
      this.#current = succeed();
    });
    life.over.addEventListener('abort', succeedOutside);
    return first;
  }

  async #begin(stop: AbortSignal): Promise<Incarnation> {
    const paths = pathsFrom(this.#pod.environment);
    const document = await loadSpec(paths.config, runtimeFiles(paths.runtime).spec);
    const feed = new StateFeed();
    const log = jsonLog({ name: 'launcher', level: undefined, write: () => undefined });
    const supervisor = await Supervisor.create({ paths, document, feed, log });
    const certificates = await readCertificates(paths.config);
    const serving = startServer({ certificates, port: this.#port, ...machineApi({ feed, supervisor }) });
    this.#isFree = serving.then((server) => closedBy(server, stop));
    await serving;
    return { feed, supervisor, running: supervisor.run(stop) };
  }
}

async function closedBy(server: Server, stop: AbortSignal): Promise<void> {
  const closed = once(server, 'close');
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  stop.addEventListener('abort', close);
  if (stop.aborted) close();
  await closed;
}
