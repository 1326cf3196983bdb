import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { FIRST_VM, withGuest } from './first-vm.ts';
import { REPOSITORY } from './instance.ts';

interface Document {
  metadata: { namespace: string; name: string };
  spec: { image: unknown };
}

async function example(file: string): Promise<{ text: string; document: Document }> {
  const text = await readFile(join(REPOSITORY, 'deploy/examples', file), 'utf8');
  return { text, document: parse(text) as Document };
}

describe('the first VM', () => {
  it("is the examples' own", async () => {
    const { document } = await example('vm-ubuntu.yaml');
    assert.deepEqual({ namespace: document.metadata.namespace, name: document.metadata.name }, FIRST_VM);
  });

  it('has a template that differs from the example in the image alone', async () => {
    const { text, document } = await example('vmtemplate-ubuntu.yaml');
    const image = { file: '/cache/tiny.qcow2', sha256: 'ab'.repeat(32), virtualSize: 1 };
    const twin = parse(withGuest(text, { url: 'http://172.30.0.1:8088', image })) as Document;
    assert.deepEqual(twin.spec.image, {
      format: 'qcow2',
      source: { http: { url: 'http://172.30.0.1:8088/tiny.qcow2' } },
      checksum: { type: 'sha256', value: image.sha256 },
    });
    assert.deepEqual({ ...twin, spec: { ...twin.spec, image: document.spec.image } }, document);
  });
});
