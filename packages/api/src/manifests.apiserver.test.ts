import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { apiServer, Status } from './testing/api-server.ts';
import { create, installCrds, type Manifest } from './testing/custom-resources.ts';

const repository = join(import.meta.dirname, '../../..');
const directories = {
  'a manifest of the requirement': join(import.meta.dirname, 'testing/requirement-manifests'),
  'an example': join(repository, 'deploy/examples'),
};

/** In a block of their own, or handed to a command. */
const MANIFESTS = /^(?:```yaml|[^\n]*<<EOF)\n(.*?)^(?:```|EOF)$/gms;

describe('the API server', () => {
  const server = apiServer();
  before(() => installCrds(server));

  for (const [what, directory] of Object.entries(directories)) {
    for (const { file, manifest } of manifestsIn(directory)) {
      it(`accepts ${what}: ${file}, ${manifest.kind} ${manifest.metadata.name}`, async () => {
        const { code, body } = await create(server, manifest);
        assert.equal(code, 201, JSON.stringify(body));
      });
    }
  }

  for (const { file, manifest } of guideManifests()) {
    it(`accepts what ${file} shows: ${manifest.kind} ${manifest.metadata.name}`, async () => {
      const { code, body } = await create(server, manifest);
      assert.equal(code, 201, JSON.stringify(body));
    });
  }

  it('names a field that it does not know', async () => {
    const spec = { cpus: 1, memory: '1Gi', disk: [] };
    const answer = await create(server, {
      apiVersion: 'hypersdk.io/v1alpha1',
      kind: 'VirtualMachine',
      metadata: { name: 'typo' },
      spec,
    });
    assert.equal(answer.code, 400);
    assert.match(Status.parse(answer.body).message, /unknown field "spec\.disk"/);
  });
});

/** Whole manifests of ours; what begins within one is an excerpt. */
function guideManifests() {
  const guides = readdirSync(join(repository, 'docs/guides')).map((file) => join('docs/guides', file));
  const found = ['README.md', ...guides].flatMap((file) =>
    [...readFileSync(join(repository, file), 'utf8').matchAll(MANIFESTS)]
      .flatMap(([, text = '']) => documents(text))
      .filter((document) => 'apiVersion' in document && document.apiVersion.startsWith('hypersdk.io/'))
      .map((manifest) => ({ file, manifest })),
  );
  assert.ok(found.length > 0, 'no manifests in the guides');
  return found;
}

function documents(text: string): Manifest[] {
  // The server is what checks it.
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}

function manifestsIn(directory: string) {
  const files = readdirSync(directory).filter((file) => file.endsWith('.yaml'));
  assert.ok(files.length > 0, `no manifests in ${directory}`);
  return files.flatMap((file) =>
    documents(readFileSync(join(directory, file), 'utf8')).map((manifest) => ({ file, manifest })),
  );
}
