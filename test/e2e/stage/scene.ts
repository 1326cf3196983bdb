/** A namespace of a test's own, and the verbs that stories are told in. */
import type { TestContext } from 'node:test';
import type { VirtualMachine, VMOperation, VMTemplate } from '@hypersdk/api';
import { stringify } from 'yaml';
import { kubectl } from './kubectl.ts';
import { createNamespace, leaveNamespace } from './namespaces.ts';

export interface Scene {
  readonly namespace: string;
  /** kubectl in this namespace. */
  readonly k: (...args: string[]) => Promise<string>;
  readonly apply: (...manifests: object[]) => Promise<void>;
  readonly get: <T>(...resource: string[]) => Promise<T>;
  /** Waits for a condition with `kubectl wait`, for four minutes where nothing else is said. */
  readonly waitFor: (what: string, resource: string, seconds?: number) => Promise<void>;
}

export async function openScene(t: TestContext): Promise<Scene> {
  const scene = sceneIn(await createNamespace(t));
  t.after(async () => {
    // @types/node does not know it yet.
    const { passed } = t as TestContext & { readonly passed: boolean };
    if (!passed) t.diagnostic(await evidence(scene));
    leaveNamespace(scene.namespace);
  });
  return scene;
}

export function sceneIn(namespace: string): Scene {
  const k: Scene['k'] = (...args) => kubectl(['--namespace', namespace, ...args]);
  return {
    namespace,
    k,
    apply: async (...manifests) => {
      const input = manifests.map((manifest) => stringify(manifest)).join('---\n');
      await kubectl(['--namespace', namespace, 'apply', '--filename', '-'], { input });
    },
    // What kubectl prints for a kind has that kind's shape: the server checked it against our schema.
    get: async <T>(...resource: string[]) => JSON.parse(await k('get', ...resource, '--output', 'json')) as T,
    waitFor: async (what, resource, seconds = 240) => {
      const wait = ['wait', `--for=${what}`, resource, `--timeout=${seconds}s`];
      await kubectl(['--namespace', namespace, ...wait], { timeout: (seconds + 60) * 1000 });
    },
  };
}

/** What one wants to see of a story that failed. */
async function evidence({ k, namespace }: Scene): Promise<string> {
  const parts = await Promise.all([
    k('get', 'vm,vmt,vmimg,vmop,vmsnap,pods,pvc', '--output', 'wide').catch(String),
    k('describe', 'vm,vmt,vmimg,vmsnap').catch(String),
    k('describe', 'pods').catch(String),
    kubectl(['--namespace', 'hypersdk-system', 'logs', 'deployment/hypersdk-operator', '--tail=60']).catch(
      String,
    ),
  ]);
  return `namespace ${namespace}\n${parts.join('\n')}`;
}

export const getVm = ({ get }: Scene, name: string): Promise<VirtualMachine> =>
  get<VirtualMachine>('vm', name);
export const getTemplate = ({ get }: Scene, name: string): Promise<VMTemplate> =>
  get<VMTemplate>('vmt', name);
export const getOperation = ({ get }: Scene, name: string): Promise<VMOperation> =>
  get<VMOperation>('vmop', name);
