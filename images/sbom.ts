import type { NpmPackage } from './bundle.ts';
import { SOURCE_DATE_EPOCH } from './debian-archive.ts';

export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

export interface SbomInput {
  readonly image: string;
  readonly version: string;
  /** Stands for the content: documents of different content have different names. */
  readonly key: string;
  readonly debian: readonly DebianPackage[];
  readonly npm: readonly NpmPackage[];
}

interface Component {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Package URL: https://github.com/package-url/purl-spec. */
  readonly purl: string;
}

/** An SPDX 2.3 document of what an image holds: https://spdx.github.io/spdx-spec/v2.3/. */
export function sbom({ image, version, key, debian, npm }: SbomInput): string {
  const nodeVersion = process.version.slice(1);
  const components: Component[] = [
    { name: 'node', version: nodeVersion, license: 'MIT', purl: `pkg:generic/node@${nodeVersion}` },
    ...debian.map(debianComponent),
    ...npm.map(npmComponent),
  ];
  const root = spdxPackage(
    { name: image, version, license: 'Apache-2.0', purl: `pkg:oci/${image}` },
    'image',
  );
  const packages = components.map((component, index) => spdxPackage(component, String(index)));
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `hypersdk-${image}-${version}`,
    documentNamespace: `https://hypersdk.io/spdx/${image}-${version}-${key}`,
    creationInfo: {
      created: new Date(SOURCE_DATE_EPOCH * 1000).toISOString().replace('.000', ''),
      creators: ['Tool: hypersdk-images'],
    },
    packages: [root, ...packages],
    relationships: [
      relationship('SPDXRef-DOCUMENT', 'DESCRIBES', root.SPDXID),
      ...packages.map(({ SPDXID }) => relationship(root.SPDXID, 'CONTAINS', SPDXID)),
    ],
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

function debianComponent({ name, version, architecture }: DebianPackage): Component {
  const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}`;
  return { name, version, license: 'NOASSERTION', purl };
}

function npmComponent({ name, version, license }: NpmPackage): Component {
  return { name, version, license, purl: `pkg:npm/${name.replace('@', '%40')}@${version}` };
}

function spdxPackage({ name, version, license, purl }: Component, id: string) {
  return {
    SPDXID: `SPDXRef-${id}`,
    name,
    versionInfo: version,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: license,
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
  };
}

function relationship(spdxElementId: string, relationshipType: string, relatedSpdxElement: string) {
  return { spdxElementId, relationshipType, relatedSpdxElement };
}
