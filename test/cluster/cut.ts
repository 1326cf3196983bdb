import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import type { ClusterNode, Instance } from './instance.ts';

/** `pods`: what they send each other across nodes; `node`: all that leaves or reaches the node, its kubelet's words included. */
export type Cut = 'pods' | 'node';

/** Each cut has a table of its own: several may be at once. */
let cuts = 0;
/** Before every other rule. */
const FIRST = -400;

/** Drops what one node and the others send each other, for so many milliseconds. */
export async function cutNetwork(
  { podSubnet }: Instance,
  node: ClusterNode,
  cut: Cut,
  milliseconds: number,
): Promise<void> {
  const table = `table inet cut-${++cuts}`;
  const pods = `oifname eth0 ip daddr ${podSubnet} drop; iifname eth0 ip saddr ${podSubnet} drop`;
  const rules = {
    pods: chain('forward', pods),
    node: [
      chain('forward', 'oifname eth0 drop; iifname eth0 drop'),
      chain('input', 'iifname eth0 drop'),
      chain('output', 'oifname eth0 drop'),
    ].join('\n'),
  };
  await nft(node, `${table} {\n${rules[cut]}\n}\n`);
  try {
    await delay(milliseconds);
  } finally {
    await nft(node, `delete ${table}\n`);
  }
}

const chain = (hook: string, rules: string): string =>
  `chain ${hook} { type filter hook ${hook} priority ${FIRST}; ${rules}; }`;

async function nft({ netns }: ClusterNode, input: string): Promise<void> {
  await execa('nsenter', [`--net=/run/netns/${netns}`, '--', 'nft', '-f', '-'], { input });
}
