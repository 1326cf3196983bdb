import { join, resolve } from 'node:path';

/** Every instance's state, also of those that another checkout started. */
export const STATE_ROOT = '/var/lib/hypersdk-cluster';
export const REPOSITORY = resolve(import.meta.dirname, '../..');

/** Instances whose addresses never change, so that a second machine's notes and bookmarks fit. */
export const PREFERRED_SLOTS: Readonly<Record<string, number>> = { dev: 0, test: 1, 'test-api': 2 };
export const SLOTS = 64;

export interface ClusterNode {
  readonly name: string;
  readonly directory: string;
  readonly netns: string;
  readonly veth: string;
  readonly address: string;
  readonly podSubnet: string;
  /** Without a leading slash. */
  readonly cgroup: string;
}

/** One cluster. All that it puts on the machine derives from its name, or from its slot where names are too long. */
export interface Instance {
  readonly name: string;
  readonly slot: number;
  readonly directory: string;
  readonly apiServer: { readonly port: number; readonly url: string };
  /** The administrator's, for clients on this machine. */
  readonly kubeconfig: string;
  /** The same one where the user looks for it. */
  readonly checkoutKubeconfig: string;
  readonly cgroup: string;
  readonly bridge: { readonly name: string; readonly address: string; readonly subnet: string };
  readonly podSubnet: string;
  readonly serviceSubnet: string;
  /** The first address of the service subnet: `kubernetes.default`. */
  readonly serviceAddress: string;
  /** Of the cluster's name server. */
  readonly dnsAddress: string;
  readonly nftTable: string;
  /** Host and port of a container registry without TLS. */
  readonly registry: string;
  readonly imageServer: { readonly port: number; readonly url: string };
  readonly nodes: readonly ClusterNode[];
}

export function instanceDirectory(name: string): string {
  // `slots` is what lies beside the instances' directories.
  if (!/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/.test(name) || name === 'slots') {
    throw new RangeError(`"${name}" is no instance name: up to 20 lower-case letters, digits and "-"`);
  }
  return join(STATE_ROOT, name);
}

export function checkoutDirectory(name: string): string {
  const root = join(REPOSITORY, '.cluster');
  return name === 'dev' ? root : join(root, name);
}

export function instanceAt(name: string, slot: number): Instance {
  const directory = instanceDirectory(name);
  const cgroup = `hypersdk-${name}`;
  const bridgeAddress = `172.30.${slot}.1`;
  const port = 16443 + slot;
  return {
    name,
    slot,
    directory,
    apiServer: { port, url: `https://127.0.0.1:${port}` },
    kubeconfig: join(directory, 'kubeconfig'),
    checkoutKubeconfig: join(checkoutDirectory(name), 'kubeconfig'),
    cgroup,
    bridge: { name: `hypersdk${slot}`, address: bridgeAddress, subnet: `172.30.${slot}.0/24` },
    podSubnet: `10.${64 + slot}.0.0/16`,
    serviceSubnet: `10.${128 + slot}.0.0/16`,
    serviceAddress: `10.${128 + slot}.0.1`,
    dnsAddress: `10.${128 + slot}.0.10`,
    nftTable: `hypersdk-${name}`,
    registry: `${bridgeAddress}:5000`,
    imageServer: { port: 8088, url: `http://${bridgeAddress}:8088` },
    nodes: [1, 2].map((number) => ({
      name: `node-${number}`,
      directory: join(directory, `node-${number}`),
      netns: `hypersdk-${name}-node-${number}`,
      veth: `hypersdk${slot}n${number}`,
      address: `172.30.${slot}.${10 + number}`,
      podSubnet: `10.${64 + slot}.${number}.0/24`,
      cgroup: `${cgroup}/node-${number}`,
    })),
  };
}
