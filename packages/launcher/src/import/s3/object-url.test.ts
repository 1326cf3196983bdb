import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { objectUrl, type S3Source } from './object-url.ts';

const source: S3Source = {
  type: 's3',
  region: 'eu-central-1',
  bucket: 'images',
  key: 'linux/debian 13+.qcow2',
  addressingStyle: 'virtual',
};
const file = 'linux/debian%2013%2B.qcow2';
const rows: [when: string, changes: Partial<S3Source>, url: string][] = [
  ['at Amazon', {}, `https://images.s3.eu-central-1.amazonaws.com/${file}`],
  ['at Amazon by path', { addressingStyle: 'path' }, `https://s3.eu-central-1.amazonaws.com/images/${file}`],
  [
    'at an endpoint by path',
    { endpoint: 'http://minio:9000/', addressingStyle: 'path' },
    `http://minio:9000/images/${file}`,
  ],
  ['at an endpoint by host', { endpoint: 'https://s3.test:9000' }, `https://images.s3.test:9000/${file}`],
  [
    'below a path',
    { endpoint: 'https://gate.test/s3', addressingStyle: 'path' },
    `https://gate.test/s3/images/${file}`,
  ],
];

describe('the URL of an object', () => {
  for (const [when, changes, url] of rows) {
    it(when, () => {
      assert.equal(objectUrl({ ...source, ...changes }), url);
    });
  }
});
