import type { Device } from './device-plugin-api.ts';

/** Devices are all the same one: KVM has no number of users that it would be full with. */
export class Devices {
  readonly #ids: readonly string[];
  readonly #watchers = new Set<() => void>();
  #isHealthy = false;

  constructor(count: number) {
    this.#ids = Array.from({ length: count }, (_, index) => `kvm-${index}`);
  }

  get list(): Device[] {
    const health = this.#isHealthy ? 'Healthy' : 'Unhealthy';
    return this.#ids.map((id) => ({ id, health }));
  }

  get isHealthy(): boolean {
    return this.#isHealthy;
  }

  setHealth(isHealthy: boolean): void {
    if (isHealthy === this.#isHealthy) return;
    this.#isHealthy = isHealthy;
    for (const tell of this.#watchers) tell();
  }

  /** Calls back at each change until the answer is called. */
  watch(onChange: () => void): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }
}
