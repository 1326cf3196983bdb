import { stringify } from 'yaml';
import { customResourceDefinition, GROUP, kinds } from '../packages/api/src/index.ts';

const header = '# Generated from packages/api by `make generate`. Do not edit.\n';

/**
 * Kinds whose CRD stands in another's file of `deploy/crds/`, by their plurals. The operator needs them all, and whoever
 * applies the four files that an installation began with must not miss one that came later.
 */
const inFileOf: Readonly<Record<string, string>> = {
  vmimages: 'vmtemplates',
  vmclones: 'vmoperations',
  vmsnapshotschedules: 'vmsnapshots',
};

/** The CRDs, for `kubectl apply` and for the chart. Maps a path from the repository's root to the file's content. */
export function crdManifests(): Map<string, string> {
  const crds = kinds.map((kind) => ({ plural: kind.plural, crd: manifest(kind) }));
  const charted = crds.map(
    ({ plural, crd }) => [`${chartDirectory}/${fileOf(plural)}`, header + crd] as const,
  );
  const files = Map.groupBy(crds, ({ plural }) => fileOf(inFileOf[plural] ?? plural));
  const plain = [...files].map(
    ([file, members]) =>
      [`deploy/crds/${file}`, header + members.map(({ crd }) => crd).join('---\n')] as const,
  );
  return new Map([...charted, ...plain]);
}

const chartDirectory = 'deploy/helm/hypersdk-operator/files/crds';
const fileOf = (plural: string): string => `${GROUP}_${plural}.yaml`;

function manifest(kind: (typeof kinds)[number]): string {
  const options = { aliasDuplicateObjects: false, compat: 'yaml-1.1', lineWidth: 110 } as const;
  return stringify(customResourceDefinition(kind), options);
}
