/**
 * The machines whose state is streamed: those on their way from one state to another. A settled machine costs
 * no connection; its pod's events say when to look again.
 */
import type { MachineState } from '@hypersdk/api';
import type { Launchers } from './launchers.ts';
import type { LauncherAddress } from './request.ts';

interface Followed {
  readonly address: LauncherAddress;
  readonly stop: AbortController;
  state?: MachineState;
}

export class FollowedMachines {
  readonly #launchers: Launchers;
  readonly #onChange: (key: string) => void;
  readonly #machines = new Map<string, Followed>();

  constructor(launchers: Launchers, onChange: (key: string) => void) {
    this.#launchers = launchers;
    this.#onChange = onChange;
  }

  /** The newest streamed state, unless the address is another by now. */
  state(key: string, address: LauncherAddress): MachineState | undefined {
    const followed = this.#machines.get(key);
    return followed && isSame(followed.address, address) ? followed.state : undefined;
  }

  follow(key: string, address: LauncherAddress): void {
    const current = this.#machines.get(key);
    if (current && isSame(current.address, address)) return;
    this.release(key);
    const followed: Followed = { address, stop: new AbortController() };
    this.#machines.set(key, followed);
    void this.#launchers.follow(
      address,
      (state) => {
        followed.state = state;
        this.#onChange(key);
      },
      followed.stop.signal,
    );
  }

  release(key: string): void {
    this.#machines.get(key)?.stop.abort();
    this.#machines.delete(key);
  }

  releaseAll(): void {
    for (const key of [...this.#machines.keys()]) this.release(key);
  }

  get size(): number {
    return this.#machines.size;
  }
}

function isSame(a: LauncherAddress, b: LauncherAddress): boolean {
  return a.host === b.host && a.certificateName === b.certificateName;
}
