import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProblemError } from '../../problem.ts';
import { imageReference, registryUrl } from './reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('an image reference', () => {
  const rows: [image: string, registry: string, repository: string, reference: string][] = [
    ['debian', 'docker.io', 'library/debian', 'latest'],
    ['kubevirt/fedora:40', 'docker.io', 'kubevirt/fedora', '40'],
    ['quay.io/containerdisks/fedora:40', 'quay.io', 'containerdisks/fedora', '40'],
    ['localhost/disk', 'localhost', 'disk', 'latest'],
    ['registry:5000/team/disk', 'registry:5000', 'team/disk', 'latest'],
    ['10.0.0.1:5000/disk:v1', '10.0.0.1:5000', 'disk', 'v1'],
    [`quay.io/a/b@${digest}`, 'quay.io', 'a/b', digest],
    [`quay.io/a/b:tag@${digest}`, 'quay.io', 'a/b', digest],
  ];
  for (const [image, registry, repository, reference] of rows) {
    it(`takes ${image} apart`, () => {
      assert.deepEqual(imageReference(image), { registry, repository, reference });
    });
  }

  for (const image of ['', 'Quay.io/UPPER', 'http://quay.io/a', 'quay.io/a b', 'quay.io/../a', 'a:b:c']) {
    it(`refuses "${image}"`, () => {
      assert.throws(() => imageReference(image), ProblemError);
    });
  }

  it('leads to the registry, with TLS unless told otherwise', () => {
    assert.equal(registryUrl(imageReference('quay.io/a/b'), false), 'https://quay.io');
    assert.equal(registryUrl(imageReference('registry:5000/a'), true), 'http://registry:5000');
    assert.equal(registryUrl(imageReference('debian'), false), 'https://registry-1.docker.io');
  });
});
