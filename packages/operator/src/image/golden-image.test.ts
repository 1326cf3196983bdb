import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { goldenImage, MAX_ATTEMPTS, type GoldenImage } from './golden-image.ts';
import { recordAnnotations, type ImportRecord } from './record.ts';

const time = '2026-01-02T03:04:05.000Z';
const failure = { reason: 'UnknownHost', message: 'The host is not known.', time, permanent: false };

function image(record: ImportRecord | undefined, changes: { isUnbound?: boolean } = {}): GoldenImage {
  const annotations = record ? recordAnnotations(record) : {};
  const claim = { metadata: { name: 'image-a', annotations } };
  return goldenImage({
    name: 'image-a',
    claim,
    dependents: [],
    isUnbound: false,
    source: undefined,
    ...changes,
  });
}

describe('a golden image to its users', () => {
  const rows: { when: string; image: GoldenImage; type: GoldenImage['type']; message: RegExp }[] = [
    { when: 'begins', image: image(undefined), type: 'importing', message: /begins/ },
    {
      when: 'waits for its volume',
      image: image(undefined, { isUnbound: true }),
      type: 'importing',
      message: /volume of claim image-a/,
    },
    {
      when: 'is downloaded',
      image: image({ attempts: 1, state: { phase: 'Downloading', downloaded: 1, progress: 7 } }),
      type: 'importing',
      message: /being downloaded/,
    },
    {
      when: 'says which attempt failed and when the next is',
      image: image({ attempts: 2, failure }),
      type: 'failed',
      message: /not known\. \(attempt 2 of 5; the next is at 2026-01-02T03:04:25Z\)/,
    },
    {
      when: 'says that all attempts have failed',
      image: image({ attempts: MAX_ATTEMPTS, failure }),
      type: 'failed',
      message: /5 attempts were made; another image in spec begins anew/,
    },
    {
      when: 'says that it is not tried again',
      image: image({ attempts: 1, failure: { ...failure, permanent: true } }),
      type: 'failed',
      message: /it is not tried again; .* deleting claim image-a/,
    },
    {
      when: 'says which disks have lost it',
      image: goldenImage({
        name: 'image-a',
        claim: undefined,
        dependents: ['web-root'],
        isUnbound: false,
        source: undefined,
      }),
      type: 'failed',
      message: /these disks stand on it: web-root/,
    },
  ];
  for (const { when, image: found, type, message } of rows) {
    it(when, () => {
      assert.equal(found.type, type);
      assert.match(found.type === 'ready' ? '' : found.message, message);
    });
  }

  it('takes a record that cannot be read for none', () => {
    const claim = { metadata: { name: 'image-a', annotations: { 'hypersdk.io/import': '{' } } };
    const found = goldenImage({
      name: 'image-a',
      claim,
      dependents: [],
      isUnbound: false,
      source: undefined,
    });
    assert.equal(found.type, 'importing');
  });
});
