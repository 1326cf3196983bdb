import { before, describe } from 'node:test';
import { API_VERSION } from './group.ts';
import { apiServer } from './testing/api-server.ts';
import { installCrds } from './testing/custom-resources.ts';
import { itAccepts, itRefuses } from './testing/verdicts.ts';

const snapshot = (spec: object) => ({
  apiVersion: API_VERSION,
  kind: 'VMSnapshot',
  metadata: { name: '' },
  spec: { vmRef: { name: 'web' }, ...spec },
});
const retention = (fields: object) => ({ retention: fields });

describe('VMSnapshot at the API server', () => {
  const server = apiServer();
  before(() => installCrds(server));

  itRefuses(server, snapshot, {
    'no VM': { spec: { vmRef: undefined }, field: 'spec.vmRef', message: 'Required' },
    'an unknown method': { spec: { method: 'magic' }, field: 'spec.method', message: 'supported values' },
    'no day to keep it': {
      spec: retention({ keepDays: 0 }),
      field: 'spec.retention.keepDays',
      message: 'greater than or equal to 1',
    },
    'an end that is no time': {
      spec: retention({ expiresAt: 'tomorrow' }),
      field: 'spec.retention.expiresAt',
      message: 'date-time',
    },
    'two words for one thing': {
      spec: { ...retention({ keepDays: 1 }), retentionPolicy: { maxAge: '7d' } },
      field: 'spec.retentionPolicy',
      message: 'set only one',
    },
    ...Object.fromEntries(
      Object.entries({
        vmRef: { name: 'db' },
        includeMemory: true,
        memory: true,
        quiesce: false,
        method: 'volume',
        destination: { storageClass: 'slow' },
      }).map(([field, value]) => [
        `another ${field} afterwards`,
        { spec: {}, change: { [field]: value }, field: `spec.${field}`, message: 'cannot be changed' },
      ]),
    ),
  });

  itAccepts(server, snapshot, {
    'nothing but a VM': { spec: {} },
    'the words of others': {
      spec: {
        ...{ nameHint: 'maintenance-backup', memory: true, description: 'Backup before maintenance' },
        retentionPolicy: { maxAge: '7d', deleteOnVMDelete: true },
      },
    },
    'a retention': {
      spec: retention({
        keepDays: 30,
        keepCount: 5,
        autoDelete: true,
        expiresAt: '2030-01-01T00:00:00+02:00',
      }),
    },
    'another retention and description afterwards': {
      spec: retention({ keepDays: 30 }),
      change: { description: 'keep', ...retention({ keepDays: 60 }) },
    },
  });
});
