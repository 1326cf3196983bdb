import type { MachineSpec } from '@hypersdk/api/machine';
import { readFile } from 'node:fs/promises';
import { hasCode } from '../../files/errno.ts';
import { tapName } from '../devices/tap-name.ts';

/** What the guest is told of the network that its pod is on. */
export interface PodNetwork {
  /** Bytes; undefined where no network is masqueraded. */
  readonly mtu: number | undefined;
  /** In the order in which names are looked for in them. */
  readonly searchDomains: readonly string[];
}

export function podNetwork({ networks }: Pick<MachineSpec, 'networks'>): Promise<PodNetwork> {
  const main = networks.findIndex(({ binding }) => binding === 'masquerade');
  return podNetworkBehind(main < 0 ? undefined : tapName(main));
}

/** Of any of the guest's taps. */
export async function podNetworkBehind(tap: string | undefined): Promise<PodNetwork> {
  return {
    mtu: tap === undefined ? undefined : await linkMtu(tap),
    searchDomains: searchDomains(await readFile('/etc/resolv.conf', 'utf8')),
  };
}

/** Whether all taps that the network container makes are up: it sets them up last of all. */
export async function isNetworkReady({ networks }: Pick<MachineSpec, 'networks'>): Promise<boolean> {
  const taps = networks.flatMap(({ binding }, index) => (binding === 'masquerade' ? [tapName(index)] : []));
  return (await Promise.all(taps.map(isUp))).every(Boolean);
}

/** IFF_UP of linux/if.h. */
const UP = 1;

export async function isUp(link: string): Promise<boolean> {
  try {
    return (Number(await readFile(`/sys/class/net/${link}/flags`, 'utf8')) & UP) !== 0;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** The network container gives each tap the MTU of the pod's own link. */
async function linkMtu(link: string): Promise<number> {
  return Number(await readFile(`/sys/class/net/${link}/mtu`, 'utf8'));
}

/** Of several `search` lines the last one holds: resolv.conf(5). */
export function searchDomains(resolvConf: string): string[] {
  const last = [...resolvConf.matchAll(/^search[ \t]+(.*)$/gm)].at(-1)?.[1] ?? '';
  return last.split(/\s+/).filter((domain) => domain !== '' && domain !== '.');
}
