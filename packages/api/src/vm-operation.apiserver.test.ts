import { before, describe } from 'node:test';
import { API_VERSION } from './group.ts';
import { apiServer } from './testing/api-server.ts';
import { installCrds } from './testing/custom-resources.ts';
import { itAccepts, itRefuses } from './testing/verdicts.ts';
import { Operation } from './vm-operation.ts';

const operation = (spec: object) => ({
  apiVersion: API_VERSION,
  kind: 'VMOperation',
  metadata: { name: '' },
  spec: { vmRef: { name: 'web' }, operation: 'start', ...spec },
});
const cloneSpec = { targetName: 'web-2' };
const clone = (more: object) => ({ operation: 'clone', cloneSpec: { ...cloneSpec, ...more } });
const migrate = (migrateSpec: object) => ({ operation: 'migrate', migrateSpec });
const resize = (resizeSpec: object) => ({ operation: 'resize', resizeSpec });

const required: Readonly<Record<string, object>> = {
  clone: { cloneSpec },
  resize: { resizeSpec: { cpus: 4 } },
  restore: { restoreSpec: { snapshotRef: { name: 'before' } } },
};
/** And of those that have them only where they are given. */
const optional = {
  flatten: { flattenSpec: { disks: ['root'] } },
  migrate: { migrateSpec: {} },
  snapshot: { snapshotSpec: {} },
};

describe('VMOperation at the API server', () => {
  const server = apiServer();
  before(() => installCrds(server));

  itRefuses(server, operation, {
    'an unknown operation': {
      spec: { operation: 'explode' },
      field: 'spec.operation',
      message: 'supported values',
    },
    'no VM': { spec: { vmRef: undefined }, field: 'spec.vmRef', message: 'Required' },
    'a VM whose name is none': {
      spec: { vmRef: { name: 'A B' } },
      field: 'spec.vmRef.name',
      message: 'should match',
    },
    'a timeout that is no duration': {
      spec: { timeout: '10' },
      field: 'spec.timeout',
      message: 'should match',
    },
    'a negative time to live': {
      spec: { ttlSecondsAfterFinished: -1 },
      field: 'spec.ttlSecondsAfterFinished',
      message: 'greater than or equal to 0',
    },
    ...Object.fromEntries(
      Object.keys(required).map((name) => [
        `${name} without its parameters`,
        { spec: { operation: name }, field: `spec.${name}Spec`, message: `needs ${name}Spec` },
      ]),
    ),
    ...Object.fromEntries(
      Object.entries({ ...required, ...optional }).map(([name, parameters]) => [
        `start with the parameters of ${name}`,
        { spec: parameters, field: `spec.${name}Spec`, message: `for operation ${name} only` },
      ]),
    ),
    'a clone without a name': {
      spec: { operation: 'clone', cloneSpec: {} },
      field: 'spec.cloneSpec.targetName',
      message: 'Required',
    },
    'a clone of a name too long': {
      spec: clone({ targetName: 'n'.repeat(53) }),
      field: 'spec.cloneSpec.targetName',
      message: '52',
    },
    'a clone onto itself': {
      spec: clone({ targetName: 'web' }),
      field: 'spec.cloneSpec.targetName',
      message: 'another name',
    },
    'a linked clone that is full': {
      spec: clone({ linkedClone: true, mode: 'full' }),
      field: 'spec.cloneSpec.mode',
      message: 'linked',
    },
    'a bandwidth without a unit': {
      spec: migrate({ bandwidth: '100' }),
      field: 'spec.migrateSpec.bandwidth',
      message: 'should match',
    },
    'no stream to migrate over': {
      spec: migrate({ parallel: 0 }),
      field: 'spec.migrateSpec.parallel',
      message: 'greater than or equal to 1',
    },
    'a resize of nothing': {
      spec: resize({}),
      field: 'spec.resizeSpec',
      message: 'at least one of cpus, memory, disks',
    },
    'a resize to 129 CPUs': { spec: resize({ cpus: 129 }), field: 'spec.resizeSpec.cpus', message: '128' },
    'a resize to lots of memory': {
      spec: resize({ memory: 'lots' }),
      field: 'spec.resizeSpec.memory',
      message: 'must be a quantity',
    },
    'a resize of a disk twice': {
      spec: resize({
        disks: [
          { name: 'root', size: '1Gi' },
          { name: 'root', size: '2Gi' },
        ],
      }),
      field: 'spec.resizeSpec.disks[1]',
      message: 'Duplicate value',
    },
    'another operation afterwards': {
      spec: {},
      change: { operation: 'stop' },
      field: 'spec.operation',
      message: 'cannot be changed',
    },
    'another VM afterwards': {
      spec: {},
      change: { vmRef: { name: 'db' } },
      field: 'spec.vmRef',
      message: 'cannot be changed',
    },
    'other parameters afterwards': {
      spec: clone({}),
      change: { cloneSpec: { startAfterClone: true } },
      field: 'spec.cloneSpec',
      message: 'cannot be changed',
    },
    'force afterwards': {
      spec: {},
      change: { force: true },
      field: 'spec.force',
      message: 'cannot be changed',
    },
    'a cancel that is taken back': {
      spec: { cancel: true },
      change: { cancel: false },
      field: 'spec.cancel',
      message: 'cannot be taken up again',
    },
  });

  itAccepts(server, operation, {
    ...Object.fromEntries(
      Operation.options.map((name) => [name, { spec: { operation: name, ...required[name] } }]),
    ),
    'a cancel': { spec: {}, change: { cancel: true } },
    'a clone of the same name elsewhere': { spec: clone({ targetName: 'web', targetNamespace: 'staging' }) },
    'a clone with everything': {
      spec: clone({
        mode: 'linked',
        linkedClone: true,
        snapshotRef: { name: 'before' },
        customization: { hostname: 'web-2', networks: [{ name: 'default' }], userData: '#cloud-config' },
      }),
    },
    'a migration with everything': {
      spec: migrate({
        targetNode: 'node-2.example',
        bandwidth: '1.5Gbps',
        maxDowntime: '300ms',
        parallel: 4,
        postCopy: true,
      }),
    },
    'a resize with everything': {
      spec: resize({ cpus: 1, memory: '1Gi', disks: [{ name: 'root', size: '20Gi' }] }),
    },
  });
});
