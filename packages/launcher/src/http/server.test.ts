import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import type { MachineSpec, MachineState } from '@hypersdk/api/machine';
import { documentDigest, machineDigest, machineDocument } from '@hypersdk/api/machine-digest';
import { readCertificates } from './certificates.ts';
import type { SpecDocument } from '../machine/spec-store.ts';
import { startReadiness } from './readiness.ts';
import { machineRoutes } from '../routes.ts';
import { OPERATOR_NAME, portOf, renewCertificates, startServer } from './server.ts';
import { StateFeed } from './state-feed.ts';
import { type Identity, issue, testAuthority, writeIdentity } from '../testing/certificates.ts';
import { ask, LAUNCHER_NAME, type LauncherClient, open } from '../testing/launcher-client.ts';
import { machineSpec } from '../testing/machine-spec.ts';

const running = (changes: Partial<MachineState> = {}): MachineState => ({
  epoch: 1,
  phase: 'Running',
  specDigest: machineDigest(machineSpec()),
  disks: [],
  restartAwaiting: [],
  ...changes,
});

describe('the machine API', () => {
  let directory = '';
  let server: Server;
  let operator: Identity;
  let stranger: Identity;
  let foreigner: Identity;
  let feed: StateFeed;
  let spec: MachineSpec;
  const as = (identity: LauncherClient['identity']): LauncherClient => ({ port: portOf(server), identity });

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'server-test-'));
    const authority = await testAuthority();
    await writeIdentity(directory, await issue(authority, LAUNCHER_NAME));
    operator = await issue(authority, OPERATOR_NAME);
    stranger = await issue(authority, LAUNCHER_NAME);
    foreigner = { ...(await issue(await testAuthority(), OPERATOR_NAME)), ca: operator.ca };
    feed = new StateFeed();
    feed.publish(running());
    spec = machineSpec();
    const replaceSpec = (next: SpecDocument): Promise<void> => {
      spec = next.spec;
      feed.publish(running({ specDigest: next.digest }));
      return Promise.resolve();
    };
    const handler = machineRoutes({
      ...{ feed, spec: () => spec, replaceSpec, goAhead: () => undefined },
      ...{ recover: () => Promise.resolve(), dirtyRate: () => Promise.resolve(2 ** 20) },
      ...{ worksOnLayers: () => Promise.resolve(false), untilHandedOver: () => Promise.resolve() },
    });
    server = await startServer({ certificates: await readCertificates(directory), port: 0, handler });
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(directory, { recursive: true });
  });

  it('gives the operator the state', async () => {
    const { status, body } = await ask(as(operator), 'GET', '/machine');
    assert.equal(status, 200);
    assert.equal((JSON.parse(body) as MachineState).phase, 'Running');
  });

  it('refuses a client without a certificate', async () => {
    await assert.rejects(ask(as({ ca: operator.ca }), 'GET', '/machine'), { code: /ERR_SSL|ECONNRESET/ });
  });

  it('refuses a client whose certificate another CA signed', async () => {
    await assert.rejects(ask(as(foreigner), 'GET', '/machine'), { code: /ERR_SSL|ECONNRESET/ });
  });

  it('refuses a client of our CA that is not the operator', async () => {
    assert.equal((await ask(as(stranger), 'GET', '/machine')).status, 403);
  });

  it('refuses plain HTTP', async () => {
    const socket = connect(portOf(server), '127.0.0.1');
    socket.end('GET /machine HTTP/1.1\r\nhost: x\r\n\r\n');
    const answer = Buffer.concat(await socket.toArray().catch(() => []));
    assert.doesNotMatch(answer.toString(), /^HTTP/);
  });

  const puts = [
    { name: 'another epoch', body: JSON.stringify(machineSpec({ epoch: 2 })), status: 409, field: 'epoch' },
    { name: 'no cpus', body: JSON.stringify(machineSpec({ cpus: 0 })), status: 422, field: 'cpus' },
    {
      name: 'a bad disk',
      body: JSON.stringify({ ...machineSpec(), disks: [{ name: 'root' }] }),
      status: 422,
      field: /^disks\.0/,
    },
    { name: 'no JSON', body: '{', status: 422, field: '' },
  ];
  for (const { name, body, status, field } of puts) {
    it(`answers a PUT with ${name} by ${status} and the field`, async () => {
      const answer = await ask(as(operator), 'PUT', '/machine', body);
      assert.equal(answer.status, status);
      const found = (JSON.parse(answer.body) as { field: string }).field;
      if (typeof field === 'string') assert.equal(found, field);
      else assert.match(found, field);
      assert.deepEqual(spec, machineSpec());
    });
  }

  it('refuses a body over the limit', async () => {
    assert.equal((await ask(as(operator), 'PUT', '/machine', ' '.repeat(1024 * 1024 + 1))).status, 413);
  });

  it('answers a PUT with the state that answers the new spec', async () => {
    const next = machineSpec({ cpus: 4 });
    const { status, body } = await ask(as(operator), 'PUT', '/machine', machineDocument(next));
    assert.equal(status, 200);
    assert.equal((JSON.parse(body) as MachineState).specDigest, machineDigest(next));
  });

  it('answers a newer operator, whose spec has fields that we do not know', async () => {
    const newer = JSON.stringify({ ...machineSpec({ cpus: 3 }), hologram: { depth: 7 } });
    const { status, body } = await ask(as(operator), 'PUT', '/machine', newer);
    assert.equal(status, 200);
    assert.equal((JSON.parse(body) as MachineState).specDigest, documentDigest(newer));
    assert.deepEqual(spec, machineSpec({ cpus: 3 }));
  });

  it('streams the state at once and each change once', async () => {
    const response = await open(as(operator), 'GET', '/machine/events');
    const lines = createInterface(response)[Symbol.asyncIterator]();
    const next = async (): Promise<unknown> =>
      (JSON.parse((await lines.next()).value ?? '{}') as MachineState).phase;
    assert.equal(await next(), 'Running');
    feed.publish(running({ phase: 'Paused' }));
    feed.publish(running({ phase: 'Paused' }));
    feed.publish(running({ phase: 'Stopped' }));
    assert.deepEqual([await next(), await next()], ['Paused', 'Stopped']);
    response.destroy();
  });

  it('tells how much the guest changes', async () => {
    const { status, body } = await ask(as(operator), 'GET', '/machine/dirty-rate');
    assert.deepEqual([status, JSON.parse(body)], [200, { dirtyRate: 2 ** 20 }]);
  });

  it('knows no other route', async () => {
    assert.equal((await ask(as(operator), 'DELETE', '/machine')).status, 404);
  });
});

describe('certificates that are renewed under a server', () => {
  it('are used by the next connection; the old authority counts until it is dropped', async (t) => {
    const [old, next] = [await testAuthority(), await testAuthority()];
    const [oldOperator, nextOperator] = [await issue(old, OPERATOR_NAME), await issue(next, OPERATOR_NAME)];
    const launcher = await issue(old, LAUNCHER_NAME);
    const both = `${launcher.ca}\n${nextOperator.ca}`;
    const feed = new StateFeed();
    feed.publish(running());
    const replaceSpec = (): Promise<void> => Promise.resolve();
    const goAhead = (): undefined => undefined;
    const handler = machineRoutes({
      ...{ feed, spec: () => machineSpec(), replaceSpec, goAhead },
      ...{ recover: () => Promise.resolve(), dirtyRate: () => Promise.resolve(2 ** 20) },
      ...{ worksOnLayers: () => Promise.resolve(false), untilHandedOver: () => Promise.resolve() },
    });
    const server = await startServer({ certificates: launcher, port: 0, handler });
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    const reach = async (identity: Identity, ca: string): Promise<number> =>
      (await ask({ port: portOf(server), identity: { ...identity, ca } }, 'GET', '/machine')).status;
    const standing = await open({ port: portOf(server), identity: oldOperator }, 'GET', '/machine/events');
    await assert.rejects(reach(nextOperator, both), 'not known yet');

    renewCertificates(server, { ...launcher, ca: both });
    assert.equal(await reach(oldOperator, both), 200);
    assert.equal(await reach(nextOperator, both), 200);

    renewCertificates(server, { ...(await issue(next, LAUNCHER_NAME)), ca: nextOperator.ca });
    assert.equal(await reach(nextOperator, nextOperator.ca), 200);
    await assert.rejects(reach(oldOperator, nextOperator.ca), { code: /ERR_SSL|ECONNRESET/ });
    assert.equal(standing.destroyed, false);
    standing.destroy();
  });
});

describe('the readiness port', () => {
  const cases = [
    { phase: undefined, path: '/readyz', status: 503 },
    { phase: 'Starting', path: '/readyz', status: 503 },
    { phase: 'Running', path: '/readyz', status: 200 },
    { phase: 'Running', path: '/machine', status: 404 },
  ] as const;
  for (const { phase, path, status } of cases) {
    it(`answers ${path} by ${status} in phase ${phase ?? 'unknown'}`, async () => {
      const feed = new StateFeed();
      if (phase) feed.publish(running({ phase }));
      const server = await startReadiness(feed, machineSpec, 0);
      const response = await fetch(`http://127.0.0.1:${portOf(server)}${path}`);
      assert.equal(response.status, status);
      assert.equal(await response.text(), '');
      server.close();
    });
  }
});
