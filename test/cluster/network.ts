import { existsSync } from 'node:fs';
import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { execa } from 'execa';
import type { ClusterNode, Instance } from './instance.ts';

const NAMESPACES = '/run/netns';

/** A bridge for the cluster, a network namespace a node, and routes between all pods. */
export async function ensureNetwork(instance: Instance): Promise<void> {
  const { bridge } = instance;
  if (!linkExists(bridge.name)) await ip(['link', 'add', bridge.name, 'type', 'bridge']);
  await ip(['address', 'replace', `${bridge.address}/24`, 'dev', bridge.name]);
  await ip(['link', 'set', bridge.name, 'up']);
  for (const node of instance.nodes) await ensureNode(instance, node);
  for (const node of instance.nodes) await ensurePodRoutes(instance, node);
  await ensureMasquerade(instance);
}

export async function removeNetwork(instance: Instance): Promise<void> {
  for (const node of instance.nodes) await removeNamespace(node.netns);
  // First made and last removed, the bridge tells whether there is anything else.
  if (!linkExists(instance.bridge.name)) return;
  await execa('nft', ['-f', '-'], { input: `${emptyTable(instance)}delete table ip ${instance.nftTable}\n` });
  await ip(['link', 'delete', instance.bridge.name]);
  await removeNamespaceDirectory();
}

/** `ip netns` mounts its directory on itself, and leaves that when the last namespace is gone. */
async function removeNamespaceDirectory(): Promise<void> {
  if ((await readdir(NAMESPACES)).length > 0) return;
  await execa('umount', ['--lazy', NAMESPACES], { reject: false });
  await rmdir(NAMESPACES);
}

async function ensureNode(instance: Instance, node: ClusterNode): Promise<void> {
  if (!(await isNamespace(node.netns))) {
    await rm(namespacePath(node.netns), { force: true });
    await ip(['netns', 'add', node.netns]);
  }
  if (!linkExists(node.veth)) {
    await ip(['link', 'add', node.veth, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', node.netns]);
  }
  await ip(['link', 'set', node.veth, 'master', instance.bridge.name, 'up']);
  await ip(['-n', node.netns, 'address', 'replace', `${node.address}/24`, 'dev', 'eth0']);
  await ip(['-n', node.netns, 'link', 'set', 'lo', 'up']);
  await ip(['-n', node.netns, 'link', 'set', 'eth0', 'up']);
  await ip(['-n', node.netns, 'route', 'replace', 'default', 'via', instance.bridge.address]);
  await execa('nsenter', [
    `--net=${namespacePath(node.netns)}`,
    '--',
    'sh',
    '-c',
    'echo 1 > /proc/sys/net/ipv4/ip_forward',
  ]);
}

async function ensurePodRoutes(instance: Instance, node: ClusterNode): Promise<void> {
  await ip(['route', 'replace', node.podSubnet, 'via', node.address]);
  for (const other of instance.nodes.filter(({ name }) => name !== node.name)) {
    await ip(['-n', other.netns, 'route', 'replace', node.podSubnet, 'via', node.address]);
  }
}

/** Pods reach the outside under the machine's own address, where the machine forwards at all. */
async function ensureMasquerade(instance: Instance): Promise<void> {
  const inside = `{ ${instance.bridge.subnet}, ${instance.podSubnet} }`;
  const rules = `${emptyTable(instance)}
table ip ${instance.nftTable} {
  chain postrouting {
    type nat hook postrouting priority srcnat;
    ip saddr ${inside} ip daddr != ${inside} masquerade
  }
}
`;
  await execa('nft', ['-f', '-'], { input: rules });
}

/** Empty no matter whether it was there: nft has no "replace". */
function emptyTable(instance: Instance): string {
  const table = `table ip ${instance.nftTable}`;
  return `${table}\ndelete ${table}\n${table}\n`;
}

async function removeNamespace(netns: string): Promise<void> {
  if (await isNamespace(netns)) await ip(['netns', 'delete', netns]);
  await rm(namespacePath(netns), { force: true });
}

/** A file without a mount is what a reboot leaves where /run is on disk. */
async function isNamespace(netns: string): Promise<boolean> {
  return (await readFile('/proc/self/mountinfo', 'utf8')).includes(` ${namespacePath(netns)} `);
}

function namespacePath(netns: string): string {
  return `${NAMESPACES}/${netns}`;
}

function linkExists(name: string): boolean {
  return existsSync(`/sys/class/net/${name}`);
}

async function ip(parameters: readonly string[]): Promise<void> {
  await execa('ip', parameters, { timeout: 60_000 });
}
