import type { Client } from '@hypersdk/kube';

const WRITES: ReadonlySet<string> = new Set([
  'create',
  'replace',
  'replaceStatus',
  'apply',
  'mergePatch',
  'jsonPatch',
  'delete',
]);

export interface Death {
  /** Of which write, counted from 1. */
  readonly at: number;
  /** Whether the server still carries that write out. */
  readonly when: 'before' | 'after';
}

/** A client whose process dies at one write: that one and all later calls fail, and `died` resolves. */
export function mortalClient(client: Client, death: Death): { client: Client; died: Promise<void> } {
  const { promise: died, resolve: die } = Promise.withResolvers<undefined>();
  let writes = 0;
  const perform = async (method: string, call: () => Promise<unknown>): Promise<unknown> => {
    if (writes >= death.at) throw new Error('dead');
    if (!WRITES.has(method)) return call();
    writes += 1;
    if (writes < death.at) return call();
    if (death.when === 'after') await call().catch(() => undefined);
    die(undefined);
    throw new Error('dead');
  };
  const proxy = new Proxy(client, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function' || typeof name !== 'string') return member;
      const method = member.bind(target) as (...call: unknown[]) => Promise<unknown>; // every other member is a verb
      if (name === 'watch') return method;
      return (...call: unknown[]) => perform(name, () => method(...call));
    },
  });
  return { client: proxy, died };
}
