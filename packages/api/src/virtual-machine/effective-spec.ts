import type { VirtualMachineSpec } from '../virtual-machine.ts';
import type { VMTemplateSpec } from '../vm-template.ts';
import type { Network } from './network.ts';
import { runStrategyOf, type RunStrategy } from './power.ts';

const podNetwork: Network = { name: 'default', type: 'pod-network' };

const defaults = {
  cpus: 1,
  memory: '1Gi',
  machineType: 'q35',
  terminationGracePeriodSeconds: 30,
  disks: [],
  networks: [podNetwork],
} as const satisfies VirtualMachineSpecInput;

type VirtualMachineSpecInput = Partial<VirtualMachineSpec>;
type Settled = 'cpus' | 'memory' | 'machineType' | 'terminationGracePeriodSeconds' | 'disks' | 'networks';

/** A VM's spec with nothing left open: power is in `runStrategy`, what could be absent has its default. */
export type EffectiveSpec = Omit<VirtualMachineSpec, Settled | 'running' | 'runStrategy'> & {
  [Field in Settled]: NonNullable<VirtualMachineSpec[Field]>;
} & { runStrategy: RunStrategy };

/**
 * The VM's own fields, then the template's, then the defaults. A field is taken whole: a VM that lists a disk
 * gets no disk of the template's list.
 */
export function effectiveSpec(vm: VirtualMachineSpec, template?: VMTemplateSpec): EffectiveSpec {
  const { running: _, ...own } = vm;
  const cloudInit = cloudInitOf(vm, template);
  return {
    ...defaults,
    disks: [],
    networks: [podNetwork],
    ...present(template?.defaultSpec ?? {}),
    ...present(own),
    ...(cloudInit === undefined ? {} : { cloudInit }),
    runStrategy: runStrategyOf(vm),
  };
}

/** A Secret stands for all of cloud-init's data, so beside it the template's defaults are left out. */
function cloudInitOf(vm: VirtualMachineSpec, template?: VMTemplateSpec): VirtualMachineSpec['cloudInit'] {
  const own = vm.cloudInit ?? template?.defaultSpec?.cloudInit;
  const { defaultUserData: userData, defaultNetworkData: networkData } = template?.cloudInit ?? {};
  const given = present({ userData, networkData });
  if (own?.secretRef !== undefined || Object.keys(given).length === 0) return own;
  return { ...given, ...present(own ?? {}) };
}

/** Without the fields whose value is undefined, which a spread would let win. */
function present<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> }; // fromEntries forgets the keys
}
