/** What the launchers of a stage tell each other: a guest that is sent arrives, unless it is sent slowly. */
import type { MachineMigration, MachineSpec, MachineState } from '@hypersdk/api';

/** Bytes a second below which a guest does not arrive. */
const SLOW = 2 ** 20;

export class PretendMigrations {
  readonly #arrived = new Set<string>();
  readonly #listeners = new Set<() => void>();

  /** Calls whenever a guest arrives. */
  subscribe(listener: () => void): void {
    this.#listeners.add(listener);
  }

  send({ outgoing }: MachineSpec): void {
    if (!outgoing || outgoing.bandwidth < SLOW || this.#arrived.has(outgoing.id)) return;
    this.#arrived.add(outgoing.id);
    for (const listener of this.#listeners) listener();
  }

  /** Of a launcher that was first told to send, and perhaps no more. */
  stateOf({ incoming, outgoing }: MachineSpec, sent: string | undefined): Partial<MachineState> {
    if (incoming) return this.#stateIn(incoming.id);
    const id = outgoing?.id ?? sent;
    if (id === undefined) return {};
    const migration = (phase: MachineMigration['phase']) => ({ id, direction: 'out' as const, phase });
    if (this.#arrived.has(id)) return { phase: 'PoweringDown', migration: migration('Done') };
    return { migration: migration(outgoing ? 'CopyingMemory' : 'Failed') };
  }

  #stateIn(id: string): Partial<MachineState> {
    const hasArrived = this.#arrived.has(id);
    const migration = {
      id,
      direction: 'in' as const,
      phase: hasArrived ? ('Done' as const) : ('Listening' as const),
    };
    return { migration, ...(!hasArrived && { phase: 'Starting' as const }) };
  }
}
