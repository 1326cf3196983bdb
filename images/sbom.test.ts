import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sbom } from './sbom.ts';

interface Document {
  readonly packages: readonly {
    SPDXID: string;
    name: string;
    externalRefs: readonly { referenceLocator: string }[];
  }[];
  readonly relationships: readonly { relationshipType: string; relatedSpdxElement: string }[];
}

describe('the SPDX document', () => {
  const text = sbom({
    image: 'launcher',
    version: '0.1.0',
    key: '0123456789ab',
    debian: [{ name: 'qemu-system-x86', version: '1:10.0.13+ds-0+deb13u1', architecture: 'amd64' }],
    npm: [{ name: '@peculiar/x509', version: '2.2.0', license: 'MIT' }],
  });
  // Our own document.
  const document = JSON.parse(text) as Document;

  it('gives every component a package URL that scanners look up', () => {
    const locators = document.packages.flatMap(({ externalRefs }) =>
      externalRefs.map((ref) => ref.referenceLocator),
    );
    assert.deepEqual(locators, [
      'pkg:oci/launcher',
      `pkg:generic/node@${process.version.slice(1)}`,
      'pkg:deb/debian/qemu-system-x86@1%3A10.0.13%2Bds-0%2Bdeb13u1?arch=amd64',
      'pkg:npm/%40peculiar/x509@2.2.0',
    ]);
  });

  it('says of every component that the image contains it', () => {
    const contained = document.relationships.filter(
      ({ relationshipType }) => relationshipType === 'CONTAINS',
    );
    assert.deepEqual(
      contained.map(({ relatedSpdxElement }) => relatedSpdxElement),
      document.packages.slice(1).map(({ SPDXID }) => SPDXID),
    );
  });
});
