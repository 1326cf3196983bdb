/** What an operation on power writes of a VM's spec. */
import { runStrategyOf, type ChangedFields, type VirtualMachineSpec } from '@hypersdk/api';

/** Written in the words that the spec uses, so that a user finds what he wrote changed and nothing added. */
export function powerChange(spec: VirtualMachineSpec, on: boolean): ChangedFields | undefined {
  switch (runStrategyOf(spec)) {
    case 'Manual':
    case 'RerunOnFailure':
      return undefined;
    case 'Always':
      return on ? undefined : off(spec);
    case 'Halted':
      if (!on) return undefined;
      return spec.runStrategy === undefined ? { running: true } : { runStrategy: 'Always' };
  }
}

function off(spec: VirtualMachineSpec): ChangedFields {
  return spec.runStrategy === undefined ? { running: false } : { runStrategy: 'Halted' };
}
