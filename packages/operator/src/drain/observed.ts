/** What a decision about the drains of a cluster rests on. */
import { effectiveSpec, findCondition, Labels, type VirtualMachine, type VMOperation } from '@hypersdk/api';
import { keyOf, type Node } from '@hypersdk/kube';
import type { Caches, Own } from '../caches.ts';
import type { Config } from '../config.ts';
import { templateOf } from '../image/templates.ts';
import { ACTIVE } from '../cache-indexes.ts';
import type { DrainConfig } from './config.ts';
import { isDraining } from './draining-node.ts';
import { evictionStrategyOf } from './eviction-strategy.ts';
import { isUp, type Stay } from './standing.ts';

export interface ObservedDrains {
  /** Names of the nodes that are being drained. */
  readonly nodes: ReadonlySet<string>;
  /** The guests that run on them. */
  readonly stays: readonly Stay[];
  /** Migrations that drains have made and that have not ended, in the whole cluster. */
  readonly active: readonly VMOperation[];
  readonly config: DrainConfig;
}

export interface DrainSources {
  readonly caches: Caches;
  readonly own: Own;
  readonly config: Config;
}

export function observeDrains(sources: DrainSources): ObservedDrains {
  const { caches, config } = sources;
  const nodes = caches.nodes.list().filter((node) => isDraining(node, config.drain));
  return {
    nodes: new Set(nodes.map(({ metadata }) => metadata.name)),
    stays: nodes.flatMap((node) => staysOn(sources, node)),
    active: caches.operations.byIndex('drain', ACTIVE),
    config: config.drain,
  };
}

function staysOn(sources: DrainSources, { metadata }: Node): Stay[] {
  return sources.caches.pods.byIndex('node', metadata.name).flatMap((pod) => {
    const { namespace = '', labels } = pod.metadata;
    const vm = sources.own.virtualMachines.get(`${namespace}/${labels?.[Labels.vmName] ?? ''}`);
    return vm && isUp(vm) && vm.status?.podName === pod.metadata.name
      ? [stayOf(sources, vm, metadata.name)]
      : [];
  });
}

export function stayOf(
  { caches, config }: Pick<DrainSources, 'caches' | 'config'>,
  vm: VirtualMachine,
  node: string,
): Stay {
  const spec = effectiveSpec(vm.spec, templateOf(caches, vm)?.spec);
  const migratable = findCondition(vm.status?.conditions, 'Migratable');
  return {
    ...{ vm, node, strategy: evictionStrategyOf(spec, config.drain) },
    operations: caches.operations.byIndex('vm', keyOf(vm)),
    obstacle: migratable?.status === 'True' ? undefined : migratable?.message,
  };
}
