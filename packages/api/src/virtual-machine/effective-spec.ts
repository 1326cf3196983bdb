import type { VirtualMachineSpec } from '../virtual-machine.ts';
import type { TemplateFeature } from '../template-feature.ts';
import type { VMTemplateSpec } from '../vm-template.ts';
import { inOneWord } from './in-one-word.ts';
import { runStrategyOf, type RunStrategy } from './power.ts';

const defaults = {
  cpus: 1,
  memory: '1Gi',
  machineType: 'q35',
  terminationGracePeriodSeconds: 30,
  disks: [],
  networks: [{ name: 'default', type: 'pod-network' }],
} satisfies Partial<VirtualMachineSpec>;

type Settled = keyof typeof defaults;

/** A VM's spec with nothing left open: power is in `runStrategy`, what has a default is there. */
export type EffectiveSpec = Omit<VirtualMachineSpec, Settled | 'running' | 'runStrategy'> & {
  [Field in Settled]-?: NonNullable<VirtualMachineSpec[Field]>;
} & { runStrategy: RunStrategy };

/**
 * The VM's own fields, then the template's, then the defaults. A field is taken whole: a VM that lists a disk
 * gets no disk of the template's list. Where the template requires KVM, `auto` is no choice.
 */
export function effectiveSpec(vm: VirtualMachineSpec, template?: VMTemplateSpec): EffectiveSpec {
  const { running: _running, cloudInit: _cloudInit, ...own } = inOneWord(vm);
  return {
    ...defaults,
    ...present(inOneWord(template?.defaultSpec ?? {})),
    ...present(own),
    ...present({ cloudInit: cloudInitOf(vm, template), acceleration: accelerationOf(vm, template) }),
    runStrategy: runStrategyOf(vm),
  };
}

function accelerationOf(
  vm: VirtualMachineSpec,
  template?: VMTemplateSpec,
): VirtualMachineSpec['acceleration'] {
  const wanted = vm.acceleration ?? template?.defaultSpec?.acceleration;
  const isRequired = template?.requiredFeatures?.includes('kvm' satisfies TemplateFeature);
  return isRequired && (wanted ?? 'auto') === 'auto' ? 'kvm' : wanted;
}

export interface InheritedField {
  readonly field: string;
  readonly value?: string;
}

/** The fields of `effectiveSpec` that are the template's, in its order. */
export function inheritedFields(spec: VirtualMachineSpec, template: VMTemplateSpec): InheritedField[] {
  const vm = inOneWord(spec);
  const merged = effectiveSpec(vm, template);
  const { cloudInit: _, ...defaults } = present(inOneWord(template.defaultSpec ?? {}));
  const fields = Object.keys(defaults) as (keyof typeof defaults)[]; // keys forgets the type
  return [
    ...fields
      .filter((field) => vm[field] === undefined)
      .map((field) => ({ field, value: shown(merged[field]) })),
    ...inheritedSeed(vm.cloudInit, merged.cloudInit),
  ];
}

/** By name alone: seeds are long, and may hold passwords. */
function inheritedSeed(
  own: VirtualMachineSpec['cloudInit'] = {},
  merged: VirtualMachineSpec['cloudInit'] = {},
): InheritedField[] {
  const fields = Object.keys(present(merged)) as (keyof typeof merged)[]; // keys forgets the type
  return fields.filter((field) => own[field] === undefined).map((field) => ({ field: `cloudInit.${field}` }));
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A Secret stands for all of cloud-init's data, so beside it the template's defaults are left out. */
function cloudInitOf(vm: VirtualMachineSpec, template?: VMTemplateSpec): VirtualMachineSpec['cloudInit'] {
  const own = vm.cloudInit ?? template?.defaultSpec?.cloudInit;
  const { defaultUserData: userData, defaultNetworkData: networkData } = template?.cloudInit ?? {};
  if (own?.secretRef !== undefined || (userData ?? networkData) === undefined) return own;
  return { ...present({ userData, networkData }), ...present(own ?? {}) };
}

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without the fields that are undefined, which a spread would let win. */
function present<T extends object>(fields: T): Present<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Present<T>; // fromEntries forgets the keys
}
