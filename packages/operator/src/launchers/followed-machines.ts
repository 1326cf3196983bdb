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
  readonly #machines = new Map<string, Followed[]>();

  constructor(launchers: Launchers, onChange: (key: string) => void) {
    this.#launchers = launchers;
    this.#onChange = onChange;
  }

  /** The newest streamed state, unless the address is another by now. */
  state(key: string, address: LauncherAddress): MachineState | undefined {
    return this.#machines.get(key)?.find((followed) => isSame(followed.address, address))?.state;
  }

  /** These and no others: a guest on its way has two launchers. */
  follow(key: string, ...addresses: readonly LauncherAddress[]): void {
    const current = this.#machines.get(key) ?? [];
    const isWanted = ({ address }: Followed): boolean => addresses.some((other) => isSame(address, other));
    for (const followed of current) if (!isWanted(followed)) followed.stop.abort();
    const kept = current.filter(isWanted);
    const added = addresses.filter((address) => !kept.some((followed) => isSame(followed.address, address)));
    this.#machines.set(key, [...kept, ...added.map((address) => this.#begin(key, address))]);
  }

  release(key: string): void {
    for (const { stop } of this.#machines.get(key) ?? []) stop.abort();
    this.#machines.delete(key);
  }

  releaseAll(): void {
    for (const key of [...this.#machines.keys()]) this.release(key);
  }

  get size(): number {
    return this.#machines.size;
  }

  #begin(key: string, address: LauncherAddress): Followed {
    const followed: Followed = { address, stop: new AbortController() };
    void this.#launchers.follow(
      address,
      (state) => {
        followed.state = state;
        this.#onChange(key);
      },
      followed.stop.signal,
    );
    return followed;
  }
}

function isSame(a: LauncherAddress, b: LauncherAddress): boolean {
  return a.host === b.host && a.certificateName === b.certificateName;
}
