import { daemonStates } from './daemon.ts';
import { kubectl } from './kubectl.ts';
import { findInstance } from './slot.ts';

/** What of the instance is on this machine, for people. */
export async function describeInstance(name: string): Promise<string> {
  const instance = await findInstance(name);
  if (!instance) return `There is no instance "${name}" on this machine.\n`;
  const daemons = (await daemonStates(instance)).map(
    (daemon) => `  ${daemon.alive ? 'running' : 'dead   '}  ${daemon.name} (${daemon.pid})`,
  );
  const nodes = await kubectl(instance, ['get', 'nodes'], { reject: false, timeout: 5000, all: true });
  return [`KUBECONFIG=${instance.checkoutKubeconfig}`, ...daemons, nodes.all, ''].join('\n');
}
