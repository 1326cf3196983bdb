import { watch } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { MachineIdentity, MachineSpec } from '@hypersdk/api/machine';
import type { Log } from './log.ts';
import { GuestWatch } from './guest-agent/guest-watch.ts';
import { LAYERS_JOB, MIGRATION_JOB } from './machine/plan/action.ts';
import { command } from './machine/execute/command.ts';
import { execute } from './machine/execute/execute.ts';
import { Jobs } from './machine/jobs/jobs.ts';
import type { Machine } from './machine/machine.ts';
import { machineState } from './machine/state/machine-state.ts';
import { observe } from './machine/observe/observe.ts';
import { plan } from './machine/plan/plan.ts';
import { loadRecord } from './machine/record.ts';
import { saveSpec, type SpecDocument } from './machine/spec-store.ts';
import type { Paths } from './pod/paths.ts';
import { type Caller, TargetLine } from './migration/target-line.ts';
import { dirtyRate } from './qemu/migration/dirty-rate.ts';
import { listenAnew } from './qemu/migration/listen.ts';
import { Relays } from './qemu/nbd/relays.ts';
import { QemuLink } from './qemu/process/link.ts';
import { runtimeFiles } from './pod/runtime-files.ts';
import type { StateFeed } from './http/state-feed.ts';
import { WakeUp } from './wake-up.ts';

/** Milliseconds. Sizes of running disks change without an event; a failed round waits before the next. */
const LOOK_AGAIN = 60_000;
const AFTER_FAILURE = 1_000;
const SAMPLING = 2_000;

export interface SupervisorOptions {
  readonly paths: Paths;
  readonly document: SpecDocument;
  readonly feed: StateFeed;
  readonly log: Log;
}

/** The launcher's loop: observe, plan, publish, execute, until nothing is left to do; then wait for news. */
export class Supervisor {
  readonly #machine: Machine;
  readonly #feed: StateFeed;
  readonly #wakeUp: WakeUp;
  readonly #over = new AbortController();
  #linked: Promise<void> | undefined;

  static async create({ paths, document, feed, log }: SupervisorOptions): Promise<Supervisor> {
    const files = runtimeFiles(paths.runtime);
    const wakeUp = new WakeUp();
    const onChange = (): void => {
      wakeUp.wake();
    };
    const guest = new GuestWatch({
      ...{ path: files.agent, log, onChange },
      macs: () => machine.spec.networks.map(({ mac }) => mac.toLowerCase()),
    });
    const machine: Machine = {
      ...{ paths, files, log, spec: document.spec, specDigest: document.digest },
      record: await loadRecord(files.record),
      jobs: new Jobs(onChange),
      relays: new Relays(paths.runtime),
      targetLine: new TargetLine(onChange),
      guest,
      link: new QemuLink({
        ...{ files, log, onChange },
        onConnected: (client) => void guest.follow(client),
        onReboot: () => {
          const count = (machine.newReboots?.count ?? 0) + 1;
          machine.newReboots = { count, lastTime: new Date().toISOString() };
        },
      }),
      disks: new Map(),
      enlarged: new Map(),
      onDevice: new Set(),
    };
    return new Supervisor(machine, feed, wakeUp);
  }

  private constructor(machine: Machine, feed: StateFeed, wakeUp: WakeUp) {
    this.#machine = machine;
    this.#feed = feed;
    this.#wakeUp = wakeUp;
  }

  get spec(): MachineSpec {
    return this.#machine.spec;
  }

  /** Takes over a whole new spec of the same epoch; it is on disk when this resolves. */
  async replaceSpec(document: SpecDocument): Promise<void> {
    await saveSpec(this.#machine.files.spec, document);
    this.#machine.spec = document.spec;
    this.#machine.specDigest = document.digest;
    this.#machine.disks.clear();
    this.#wakeUp.wake();
  }

  /** The source of a migration says that the guest is ours. */
  goAhead(id: string): void {
    this.#machine.goAhead = id;
    this.#wakeUp.wake();
  }

  /** A target says that it listens; resolves when the guest is its own, and rejects where it hangs up before. */
  async untilHandedOver(caller: Caller, signal: AbortSignal): Promise<void> {
    const { migration } = this.#machine.record;
    const isHandedOver = migration?.id === caller.id && migration.state === 'handed-over';
    if (!isHandedOver) await this.#machine.targetLine.hold(caller, signal);
  }

  /** The source wants to send what is left of the guest's memory over another connection. */
  async recover(): Promise<void> {
    const { incoming } = this.#machine.spec;
    if (incoming) await command(this.#machine, (client) => listenAnew(client, incoming));
  }

  /** Bytes a second that the guest changes; undefined where there is none to ask. */
  async dirtyRate(): Promise<number | undefined> {
    let rate: number | undefined;
    await command(this.#machine, async (client) => {
      rate = await dirtyRate(client, AbortSignal.timeout(SAMPLING));
    });
    return rate;
  }

  /** Whether what lies below the guest's writes may change now; a QEMU that cannot be asked may be at it. */
  async worksOnLayers(): Promise<boolean> {
    const { jobs } = this.#machine;
    if ([LAYERS_JOB, MIGRATION_JOB].some((key) => jobs.states.get(key)?.state === 'running')) return true;
    let isAtWork = true;
    await command(this.#machine, async (client) => {
      isAtWork = (await client.execute('query-jobs')).length > 0;
    });
    return isAtWork;
  }

  /** The certificate that is shown from now on. */
  identify(identity: MachineIdentity): void {
    this.#machine.identity = identity;
    this.#wakeUp.wake();
  }

  /** Runs until the machine is over, and will never be again in this pod, or `stop` aborts; resolves with whether it is. */
  async run(stop: AbortSignal): Promise<boolean> {
    const signal = AbortSignal.any([stop, this.#over.signal]);
    const watching = this.#watchRuntime(signal);
    while (!signal.aborted) await this.#step(signal);
    this.#machine.jobs.abort();
    await Promise.all([watching, this.#linked, this.#machine.relays.close()]);
    return this.#over.signal.aborted;
  }

  async #step(signal: AbortSignal): Promise<void> {
    try {
      const wakeAt = await this.#round(signal);
      if (wakeAt) await this.#wakeUp.wait(wakeAt, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#machine.log.error({ err: error }, 'round failed');
      await delay(AFTER_FAILURE, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One round; resolves with the time of the next, or undefined when it is due at once. */
  async #round(signal: AbortSignal): Promise<Date | undefined> {
    this.#wakeUp.clear();
    await this.#machine.relays.aim(this.#machine.spec.attachments ?? []);
    const observed = await observe(this.#machine, signal);
    if (observed.qemu.state !== 'unlaunched') this.#linked ??= this.#machine.link.run(signal);
    const next = plan(observed, new Date());
    this.#feed.publish(machineState(observed, next));
    if (next.phase === 'Stopped') this.#over.abort();
    for (const action of next.actions) await execute(this.#machine, action);
    if (next.actions.length > 0) return undefined;
    return next.wakeAt ?? new Date(Date.now() + LOOK_AGAIN);
  }

  /** The preStop hook asks for a powerdown by making a file. */
  async #watchRuntime(signal: AbortSignal): Promise<void> {
    try {
      for await (const _ of watch(this.#machine.files.directory, { signal })) {
        this.#machine.link.nudge();
        this.#wakeUp.wake();
      }
    } catch (error) {
      if (!signal.aborted) this.#machine.log.error({ err: error }, 'watching the runtime directory failed');
    }
  }
}
