/**
 * The contract between operator and launcher: what a machine should be (`MachineSpec`) and what it is
 * (`MachineState`). The operator mounts the first spec into the pod and PUTs later ones to `/machine`;
 * the launcher answers with the state and streams it from `/machine/events`, one JSON document a line.
 *
 * Units: sizes in bytes, times as RFC 3339, durations in seconds unless the name says otherwise.
 */
export * from './machine/attachment.ts';
export * from './machine/copy.ts';
export * from './machine/disk.ts';
export * from './machine/guest-agent.ts';
export * from './machine/firmware.ts';
export * from './machine/import.ts';
export * from './machine/layers.ts';
export * from './machine/memory.ts';
export * from './machine/migration.ts';
export * from './machine/paths.ts';
export * from './machine/problem.ts';
export * from './machine/room.ts';
export * from './machine/spec.ts';
export * from './machine/state.ts';
export { Quiesced } from './quiesced.ts';
