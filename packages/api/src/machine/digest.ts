import { createHash } from 'node:crypto';
import { MachineSpec } from './spec.ts';

/**
 * The text in which a spec is mounted and PUT. Parsing puts the keys into the schema's order, so that one operator
 * has one text for one spec, however it was built.
 */
export function machineDocument(spec: MachineSpec): string {
  return JSON.stringify(MachineSpec.parse(spec));
}

/**
 * What `MachineState.specDigest` holds: 16 hex digits of the SHA-256 of the text as it was received. A launcher that
 * digested what its own schema made of it could never answer an operator of another version.
 */
export function documentDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

export function machineDigest(spec: MachineSpec): string {
  return documentDigest(machineDocument(spec));
}
