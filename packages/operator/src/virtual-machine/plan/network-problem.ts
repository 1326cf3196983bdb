import type { Observed } from '../observed.ts';
import { masqueraded, resolveNetworks } from '../networks/networks.ts';
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
  const [network] = masqueraded(resolveNetworks(observed));
  if (!network || podSecurity === 'privileged') return undefined;
  const reason = 'NetworkNotAllowed';
  const message =
    `Network ${network.name}: the masquerade binding needs NET_ADMIN, which namespace ${namespace} refuses with ` +
    `its label ${ENFORCE_LABEL}=${podSecurity}: use binding user, or set the label to privileged`;
  return { phase: 'Pending', reason, message, progress: 'stalled', networkProblem: { reason, message } };
}
