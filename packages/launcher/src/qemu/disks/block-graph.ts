import type { CommandReturn, NamedBlockNode, QmpClient } from 'qemu-monitor';

/** What QEMU has open, and what of it stands on what. */
export interface BlockGraph {
  readonly nodes: readonly NamedBlockNode[];
  /** Names of the nodes that something has which is no node itself: the guest's devices, jobs, exports. */
  readonly roots: readonly Root[];
  /** By the name of the node above. */
  readonly below: ReadonlyMap<string, Below>;
}

export interface Root {
  /** Id of the device, or its path in QEMU's tree; empty of an export. */
  readonly user: string;
  readonly node: string;
}

interface Below {
  readonly backing?: string;
  readonly file?: string;
}

type Answer = CommandReturn<'x-debug-query-block-graph'>;

/**
 * In time that grows with the number of nodes. What `query-block` and `query-named-block-nodes` tell of chains (its
 * `backing-image`, without `flat`) grows with its cube and more, and QEMU cuts the names of files in it off at 4 KiB.
 */
export async function queryBlockGraph(client: QmpClient): Promise<BlockGraph> {
  const [nodes, graph] = await Promise.all([
    client.execute('query-named-block-nodes', { flat: true }),
    client.execute('x-debug-query-block-graph'),
  ]);
  const ids = new Map(graph.nodes.map((node) => [node.id, node]));
  return { nodes, roots: rootsOf(graph, ids), below: belowOf(graph, ids) };
}

type ById = ReadonlyMap<Answer['nodes'][number]['id'], Answer['nodes'][number]>;

function rootsOf({ edges }: Answer, ids: ById): Root[] {
  return edges.flatMap(({ parent, child }) => {
    const user = ids.get(parent);
    const node = ids.get(child);
    return user?.type === 'block-backend' && node ? [{ user: user.name, node: node.name }] : [];
  });
}

function belowOf({ edges }: Answer, ids: ById): Map<string, Below> {
  const below = new Map<string, Below>();
  for (const { parent, child, name } of edges) {
    const above = ids.get(parent);
    const node = ids.get(child);
    if (above?.type !== 'block-driver' || !node || (name !== 'backing' && name !== 'file')) continue;
    below.set(above.name, { ...below.get(above.name), [name]: node.name });
  }
  return below;
}

/** Names of the nodes from one down to where its data end; a job's filter may be among them. */
export function nodesDown({ below }: Pick<BlockGraph, 'below'>, from: string): string[] {
  const { backing, file } = below.get(from) ?? {};
  const next = backing ?? file;
  return [from, ...(next === undefined ? [] : nodesDown({ below }, next))];
}

/** The file that a node has open, by the name that QEMU opened it by. */
export function fileOfNode({ nodes, below }: BlockGraph, name: string): string | undefined {
  const file = below.get(name)?.file ?? name;
  return nodes.find((node) => node['node-name'] === file)?.file;
}
