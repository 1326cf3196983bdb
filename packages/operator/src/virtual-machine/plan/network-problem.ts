import type { Observed } from '../observed.ts';
import { masqueraded, resolveNetworks, type ResolvedNetwork } from '../networks/networks.ts';
import { ENFORCE_LABEL } from '../networks/pod-security.ts';
import type { Outcome } from '../status/outcome.ts';

type Told = Pick<Outcome, 'phase' | 'reason' | 'message' | 'progress' | 'networkProblem'>;

/** Why the VM's networks cannot be made in its namespace, or undefined when they can. */
export function networkProblem(observed: Observed): Told | undefined {
  const { vm, podSecurity } = observed;
  const namespace = vm.metadata.namespace ?? '';
  if (podSecurity === undefined) {
    const message = `Namespace ${namespace} has not been seen yet`;
    return { phase: 'Pending', reason: 'NamespaceNotSeen', message, progress: 'progressing' };
  }
  const networks = resolveNetworks(observed);
  const [network] = masqueraded(networks);
  if (network && podSecurity !== 'privileged') {
    return stalled(
      'NetworkNotAllowed',
      `Network ${network.name}: the masquerade binding needs NET_ADMIN, which namespace ${namespace} refuses with ` +
        `its label ${ENFORCE_LABEL}=${podSecurity}: use binding user, or set the label to privileged`,
    );
  }
  return unreachablePorts(networks);
}

/**
 * Slirp hands on who asks, whom the guest answers by its default route: that is the first network's. A container could
 * put its own address in the place of theirs; QEMU cannot.
 */
function unreachablePorts([first, ...others]: readonly ResolvedNetwork[]): Told | undefined {
  const network = others.find(
    ({ type, binding, ports }) => type === 'pod-network' && binding === 'user' && ports.length > 0,
  );
  if (!first || !network) return undefined;
  const message =
    `Network ${network.name}: with the user binding only the first network can have ports: give them to network ` +
    `${first.name}, or use binding masquerade`;
  return stalled('PortsNotReachable', message);
}

function stalled(reason: string, message: string): Told {
  return { phase: 'Pending', reason, message, progress: 'stalled', networkProblem: { reason, message } };
}
