import type { MachineSpec } from '@hypersdk/api/machine';
import { readFile } from 'node:fs/promises';
import { tapName } from './devices/network.ts';

/** What the guest is told of the network that its pod is on. */
export interface PodNetwork {
  /** Bytes; undefined where no network is masqueraded. */
  readonly mtu: number | undefined;
  /** In the order in which names are looked for in them. */
  readonly searchDomains: readonly string[];
}

export async function podNetwork({ networks }: Pick<MachineSpec, 'networks'>): Promise<PodNetwork> {
  const main = networks.findIndex(({ binding }) => binding === 'masquerade');
  return {
    mtu: main < 0 ? undefined : await linkMtu(tapName(main)),
    searchDomains: searchDomains(await readFile('/etc/resolv.conf', 'utf8')),
  };
}

/** The network sidecar gives each tap the MTU of the pod's own link. */
async function linkMtu(link: string): Promise<number> {
  return Number(await readFile(`/sys/class/net/${link}/mtu`, 'utf8'));
}

/** Of several `search` lines the last one holds: resolv.conf(5). */
export function searchDomains(resolvConf: string): string[] {
  const last = [...resolvConf.matchAll(/^search[ \t]+(.*)$/gm)].at(-1)?.[1] ?? '';
  return last.split(/\s+/).filter((domain) => domain !== '' && domain !== '.');
}
