import type { Commands, Events } from './generated/qmp.ts';
import type { Integer } from './json.ts';

export type CommandName = keyof Commands;
export type CommandArguments<C extends CommandName> = Commands[C]['arguments'];
export type CommandReturn<C extends CommandName> = Commands[C]['return'];

export type EventName = keyof Events;

/** One event of QEMU's. A QEMU newer than the schema may send events that are not listed here. */
export type QmpEvent<N extends EventName = EventName> = {
  [E in N]: { readonly event: E; readonly data: Events[E]; readonly timestamp: Timestamp };
}[N];

/** The server's clock since the Unix epoch; both -1 when it could not be read. */
export interface Timestamp {
  readonly seconds: number;
  readonly microseconds: number;
}

export type RunState = CommandReturn<'query-status'>['status'];
export type JobInfo = CommandReturn<'query-jobs'>[number];
export type JobStatus = JobInfo['status'];
export type BlockdevOptions = CommandArguments<'blockdev-add'>;
export type NamedBlockNode = CommandReturn<'query-named-block-nodes'>[number];
export type MigrationInfo = CommandReturn<'query-migrate'>;
export type MigrationStatus = NonNullable<MigrationInfo['status']>;
export type MigrationCapability = CommandReturn<'query-migrate-capabilities'>[number]['capability'];
export type MigrationParameters = CommandArguments<'migrate-set-parameters'>;
export type TransactionAction = CommandArguments<'transaction'>['actions'][number];
export type { Integer };
