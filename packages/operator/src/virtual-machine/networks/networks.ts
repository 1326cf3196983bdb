/** Spec's networks with their binding and their MAC address resolved, and why each binding was taken. */
import type { EffectiveSpec, VirtualMachine } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { containerOf } from '../pod/container.ts';
import { macAddress } from './mac-address.ts';
import type { PodSecurityLevel } from './pod-security.ts';

export type Binding = 'masquerade' | 'user';
type Network = EffectiveSpec['networks'][number];

export interface ResolvedNetwork {
  readonly name: string;
  readonly type: Network['type'];
  readonly binding: Binding;
  /** CamelCase, for status. */
  readonly reason: string;
  readonly macAddress: string;
  readonly ports: NonNullable<Network['ports']>;
}

export interface NetworkContext {
  readonly vm: VirtualMachine;
  readonly spec: EffectiveSpec;
  /** Undefined while the namespace is not in the cache yet. */
  readonly podSecurity: PodSecurityLevel | undefined;
}

/** Name of the container that a pod with the masquerade binding has. */
export const NETWORK_CONTAINER = 'network';

/**
 * A binding that spec leaves open is chosen when a pod is made and holds as long as that pod, so that a namespace
 * that changes its level asks for no restart.
 */
export function resolveNetworks({ vm, spec, podSecurity }: NetworkContext, pod?: Pod): ResolvedNetwork[] {
  const open = pod ? openBindingIn(pod) : openBinding(podSecurity);
  return spec.networks.map((network) => ({
    name: network.name,
    type: network.type,
    ...chosenBinding(network, open),
    macAddress: macAddress(vm, network),
    ports: network.ports ?? [],
  }));
}

function chosenBinding(
  { type, binding }: Network,
  open: Binding,
): Pick<ResolvedNetwork, 'binding' | 'reason'> {
  if (type !== 'pod-network') return { binding: 'user', reason: 'NotImplemented' };
  if (binding) return { binding, reason: 'AskedFor' };
  return {
    binding: open,
    reason: open === 'masquerade' ? 'NamespaceAllows' : 'PodSecurityForbidsMasquerade',
  };
}

/** Baseline refuses NET_ADMIN as restricted does. */
function openBinding(podSecurity: PodSecurityLevel | undefined): Binding {
  return podSecurity === 'privileged' ? 'masquerade' : 'user';
}

/** What the pod took where spec leaves it open. */
function openBindingIn(pod: Pod): Binding {
  return containerOf(pod, NETWORK_CONTAINER) ? 'masquerade' : 'user';
}

/** The networks that go through that container; the first is the guest's main one. */
export function masqueraded(networks: readonly ResolvedNetwork[]): ResolvedNetwork[] {
  return networks.filter(({ binding }) => binding === 'masquerade');
}
