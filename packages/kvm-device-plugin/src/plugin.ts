/** Keeps the kubelet informed of KVM, over every restart of either. */
import { watch } from 'node:fs';
import { join } from 'node:path';
import { KUBELET_SOCKET } from './device-plugin-api.ts';
import { serveDevicePlugin } from './device-plugin.ts';
import { Devices } from './devices.ts';
import { hasKvm } from './kvm.ts';
import { plan, type Observed } from './plan.ts';
import { register, socketIdentity } from './registration.ts';
import { WakeUp } from './wake-up.ts';

export interface PluginOptions {
  /** The kubelet's, with its socket. */
  readonly directory: string;
  /** Where sysfs is mounted. */
  readonly sysfs: string;
  readonly deviceCount: number;
  readonly log: {
    info: (fields: object, message: string) => void;
    warn: (fields: object, message: string) => void;
  };
  /** Milliseconds between looks at what announces no change: KVM itself. */
  readonly period: number;
}

const ENDPOINT = 'hypersdk-kvm.sock';
/** Milliseconds. A kubelet's socket is there before it listens. */
const RETRY = 1_000;

export class Plugin {
  readonly #options: PluginOptions;
  readonly #devices: Devices;
  readonly #wakeUp = new WakeUp();
  #server: Awaited<ReturnType<typeof serveDevicePlugin>> | undefined;
  #registeredAt: string | undefined;
  #isFailing = false;

  constructor(options: PluginOptions) {
    this.#options = options;
    this.#devices = new Devices(options.deviceCount);
  }

  /** The kubelet knows this plugin, and listens to it. */
  get isRegistered(): boolean {
    return this.#registeredAt !== undefined;
  }

  /** Until the signal; leaves no socket behind. */
  async run(signal: AbortSignal): Promise<void> {
    const { directory, period } = this.#options;
    // The kubelet makes its socket anew when it starts, and removes everybody else's.
    const watcher = watch(directory, (_, file) => {
      if (file === KUBELET_SOCKET) this.#wakeUp.wake();
    });
    try {
      while (!signal.aborted) {
        const isWell = await this.#tryToLook();
        await this.#wakeUp.wait(isWell ? period : Math.min(period, RETRY), signal);
      }
    } finally {
      watcher.close();
      this.#close();
    }
  }

  /** Resolves with whether all is done. What keeps failing is told once. */
  async #tryToLook(): Promise<boolean> {
    try {
      await this.#look();
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) this.#options.log.warn({ error }, 'not registered, it is tried again and again');
      this.#isFailing = true;
    }
    return !this.#isFailing;
  }

  async #look(): Promise<void> {
    const { sysfs, log } = this.#options;
    const isThere = await hasKvm(sysfs);
    if (isThere !== this.#devices.isHealthy) log.info({ isThere }, 'looked for KVM');
    this.#devices.setHealth(isThere);
    const observed = await this.#observe();
    const step = plan(observed);
    if (step === 'rest') return;
    this.#registeredAt = undefined;
    if (step === 'register') await this.#register(observed.kubelet);
  }

  async #observe(): Promise<Observed> {
    const [kubelet, own] = await Promise.all([this.#identity(KUBELET_SOCKET), this.#identity(ENDPOINT)]);
    return { kubelet, isServed: own !== undefined, registeredAt: this.#registeredAt };
  }

  #identity(name: string): Promise<string | undefined> {
    return socketIdentity(join(this.#options.directory, name));
  }

  /** With a new server each time: whoever listened to the last one concerns us no more. */
  async #register(kubelet: string | undefined): Promise<void> {
    const { directory, log } = this.#options;
    this.#close();
    const server = await serveDevicePlugin(join(directory, ENDPOINT), this.#devices, () => {
      if (server === this.#server) this.#forget();
    });
    this.#server = server;
    await register(join(directory, KUBELET_SOCKET), ENDPOINT);
    this.#registeredAt = kubelet;
    log.info({ devices: this.#devices.list.length }, 'registered with the kubelet');
  }

  #close(): void {
    const last = this.#server;
    this.#server = undefined;
    last?.close();
  }

  #forget(): void {
    this.#registeredAt = undefined;
    this.#wakeUp.wake();
  }
}
