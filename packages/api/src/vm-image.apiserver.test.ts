import { before, describe } from 'node:test';
import { API_VERSION } from './group.ts';
import { apiServer } from './testing/api-server.ts';
import { installCrds } from './testing/custom-resources.ts';
import { itAccepts, itRefuses } from './testing/verdicts.ts';

const source = { http: { url: 'http://images.example.org/debian.qcow2' } };
const other = { http: { url: 'http://images.example.org/other.qcow2' } };
const checksum = { type: 'sha256', value: 'a'.repeat(64) };
const imported = { pvc: 'image-0123456789ab' };
const image = (spec: object, name = '') => ({
  apiVersion: API_VERSION,
  kind: 'VMImage',
  metadata: { name },
  spec: { source, ...spec },
});
const once = 'cannot be changed once it is imported';

describe('VMImage at the API server', () => {
  const server = apiServer();
  before(() => installCrds(server));

  itRefuses(server, image, {
    'no source': { spec: { source: undefined }, field: 'spec.source', message: 'Required' },
    'a source of no kind': {
      spec: { source: {} },
      field: 'spec.source',
      message: 'exactly one of http, s3, containerDisk, pvc, upload',
    },
    'two sources': {
      spec: { source: { ...source, upload: {} } },
      field: 'spec.source',
      message: 'exactly one of',
    },
    'an unknown format': { spec: { format: 'iso9660' }, field: 'spec.format', message: 'supported values' },
    'a size that is no quantity': { spec: { size: '10 GB' }, field: 'spec.size', message: 'quantity' },
    'two checksums': {
      spec: { checksum, source: { http: { ...source.http, checksum } } },
      field: 'spec.checksum',
      message: 'set only one',
    },
    'a validation of no checksum': {
      spec: { prepare: { validateChecksum: true } },
      field: 'spec.prepare.validateChecksum',
      message: 'no checksum to validate',
    },
    'a time-out that is no duration': {
      spec: { prepare: { timeout: 'soon' } },
      field: 'spec.prepare.timeout',
      message: 'should match',
    },
    'retries below none': {
      spec: { prepare: { retries: -1 } },
      field: 'spec.prepare.retries',
      message: 'greater than or equal to 0',
    },
    'another deed than Import and Fail': {
      spec: { prepare: { onMissing: 'Ignore' } },
      field: 'spec.prepare.onMissing',
      message: 'supported values',
    },
    'another source once it is imported': {
      ...{ spec: {}, status: imported, change: { source: other } },
      ...{ field: 'spec.source', message: once },
    },
    'another checksum once it is imported': {
      ...{ spec: {}, status: imported, change: { checksum } },
      ...{ field: 'spec.checksum', message: once },
    },
    'no look at the checksum once it is imported': {
      ...{ spec: { checksum }, status: imported, change: { prepare: { validateChecksum: false } } },
      ...{ field: 'spec.prepare.validateChecksum', message: once },
    },
  });

  itAccepts(server, image, {
    'nothing but a source': { spec: {} },
    'everything beside it': {
      spec: {
        ...{ format: 'qcow2', size: '2Gi', storageClass: 'fast', checksum },
        prepare: { onMissing: 'Fail', validateChecksum: true, timeout: '30m', retries: 3 },
      },
    },
    'each other kind of source': { spec: { source: { upload: {} } } },
    'another source while it is not imported': { spec: {}, change: { source: other } },
    'more patience afterwards': { spec: {}, change: { prepare: { retries: 9, timeout: '2h' } } },
  });
});
