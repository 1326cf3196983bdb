/** A size that is to come with the guest's next start, though the running guest could have it: by `hotplug: false`. */
import type { VirtualMachineStatus } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import type { Observed } from '../observed.ts';
import { epochOf } from '../pod/epoch.ts';

type NextStart = VirtualMachineStatus['nextStart'];

/** Undefined once the guest has started anew, and where spec asks for another size since. */
export function nextStartSize(
  { vm, spec, operations }: Pick<Observed, 'vm' | 'spec' | 'operations'>,
  pod: Pod,
): NextStart {
  const { cpus, memory } = spec;
  const size = { epoch: epochOf(pod), cpus, memory };
  const known = vm.status?.nextStart;
  const isKnown = known?.epoch === size.epoch && known.cpus === cpus && known.memory === memory;
  const isAsked = operations.some(
    (operation) => operation.spec.operation === 'resize' && operation.spec.resizeSpec?.hotplug === false,
  );
  return isKnown || isAsked ? size : undefined;
}
