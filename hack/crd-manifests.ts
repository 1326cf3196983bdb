import { stringify } from 'yaml';
import { customResourceDefinition, GROUP, kinds } from '../packages/api/src/index.ts';

const header = '# Generated from packages/api by `make generate`. Do not edit.\n';
const directories = ['deploy/crds', 'deploy/helm/hypersdk-operator/files/crds'];

/** The CRDs, for `kubectl apply` and for the chart. Maps a path from the repository's root to the file's content. */
export function crdManifests(): Map<string, string> {
  const files = kinds.map((kind) => ({
    name: `${GROUP}_${kind.plural}.yaml`,
    content:
      header +
      stringify(customResourceDefinition(kind), {
        aliasDuplicateObjects: false,
        compat: 'yaml-1.1',
        lineWidth: 110,
      }),
  }));
  return new Map(
    directories.flatMap((directory) =>
      files.map(({ name, content }) => [`${directory}/${name}`, content] as const),
    ),
  );
}
