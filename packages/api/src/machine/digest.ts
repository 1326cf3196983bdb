import { createHash } from 'node:crypto';
import { MachineSpec } from './spec.ts';

/**
 * What `MachineState.specDigest` holds: 16 hex digits of the spec's SHA-256. Parsing puts the keys into the
 * schema's order, so operator and launcher agree whatever order they built theirs in.
 */
export function machineDigest(spec: MachineSpec): string {
  return createHash('sha256')
    .update(JSON.stringify(MachineSpec.parse(spec)))
    .digest('hex')
    .slice(0, 16);
}
