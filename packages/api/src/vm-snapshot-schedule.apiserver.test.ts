import { before, describe } from 'node:test';
import { API_VERSION } from './group.ts';
import { apiServer } from './testing/api-server.ts';
import { installCrds } from './testing/custom-resources.ts';
import { itAccepts, itRefuses } from './testing/verdicts.ts';

const schedule = (spec: object) => ({
  apiVersion: API_VERSION,
  kind: 'VMSnapshotSchedule',
  metadata: { name: '' },
  spec: { vmRef: { name: 'web' }, schedule: '0 3 * * *', ...spec },
});

describe('VMSnapshotSchedule at the API server', () => {
  const server = apiServer();
  before(() => installCrds(server));

  itRefuses(server, schedule, {
    'no schedule': { spec: { schedule: undefined }, field: 'spec.schedule', message: 'Required' },
    'a fixed date': {
      spec: { schedule: '2026-01-05T00:00:00' },
      field: 'spec.schedule',
      message: 'should match',
    },
    'none to keep': { spec: { keep: 0 }, field: 'spec.keep', message: 'greater than or equal to 1' },
    'an age that is none': {
      spec: { template: { retention: { maxAge: 'soon' } } },
      field: 'spec.template.retention.maxAge',
      message: 'should match',
    },
    'another VM afterwards': {
      ...{ spec: {}, change: { vmRef: { name: 'db' } } },
      ...{ field: 'spec.vmRef', message: 'cannot be changed' },
    },
  });

  itAccepts(server, schedule, {
    'nothing but a VM and a schedule': { spec: {} },
    'a nickname, and all else': {
      spec: {
        ...{ schedule: '@daily', timeZone: 'Europe/Berlin', startingDeadlineSeconds: 600, keep: 24 },
        template: { labels: { tier: 'gold' }, quiesce: false, retention: { maxAge: '7d', autoDelete: true } },
      },
    },
    'other times, and a rest, afterwards': { spec: {}, change: { schedule: '0 4 * * 1-5', suspend: true } },
  });
});
