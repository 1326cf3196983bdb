import { customResourceDefinition, kinds } from '@hypersdk/api';
import { AlreadyExistsError, defineResource, Informer, type Client, type KubeObject } from '@hypersdk/kube';

interface Definition extends KubeObject {
  status?: { conditions?: { type: string; status: string }[] };
}

const Definitions = defineResource<Definition>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
});

/** Installs our kinds, and resolves when the server serves them all. */
export async function installKinds(client: Client): Promise<void> {
  const names = kinds.map(({ plural, group }) => `${plural}.${group}`);
  for (const kind of kinds) await createOrKeep(client, customResourceDefinition(kind));
  const watched = new Informer(client, Definitions);
  const stop = new AbortController();
  watched.start(stop.signal);
  await new Promise<void>((resolve) => {
    watched.subscribe(() => {
      if (names.every((name) => isEstablished(watched.get(name)))) resolve();
    });
  });
  stop.abort();
}

async function createOrKeep(client: Client, definition: KubeObject): Promise<void> {
  try {
    await client.create(Definitions, definition);
  } catch (error) {
    if (!(error instanceof AlreadyExistsError)) throw error;
  }
}

function isEstablished(definition: Definition | undefined): boolean {
  return (
    definition?.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') ??
    false
  );
}
