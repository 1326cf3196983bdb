import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { Client } from './client.ts';
import { EventRecorder } from './event-recorder.ts';
import { silent } from './log.ts';
import type { KubeObject } from './object.ts';
import type { Event } from './resources.ts';
import { startFakeApiServer, type FakeApiServer } from './testing/fake-api-server.ts';
import { FaultProxy } from './testing/fault-proxy.ts';

describe('an event recorder', () => {
  let server: FakeApiServer;
  let proxy: FaultProxy;
  let client: Client;
  let recorder: EventRecorder;
  let complaints: string[];

  beforeEach(async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.parse('2030-01-01T00:00:00Z') });
    server = await startFakeApiServer();
    proxy = await FaultProxy.start(server.connection);
    client = new Client(proxy.connection, { userAgent: 'test' });
    complaints = [];
    const complain = (_: object, message: string): void => {
      complaints.push(message);
    };
    const log = { ...silent, warn: complain, error: complain };
    recorder = new EventRecorder({ client, log, component: 'hypersdk.io/operator', instance: 'operator-0' });
  });
  afterEach(async () => {
    mock.reset();
    await client.close();
    await proxy[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const machine = (name: string): KubeObject => ({
    apiVersion: 'hypersdk.io/v1alpha1',
    kind: 'VirtualMachine',
    metadata: { name, namespace: 'test', uid: `uid-${name}`, resourceVersion: '7' },
  });

  const events = async (): Promise<Event[]> => {
    await recorder.flush();
    return server.store.list('api/v1/events') as Event[];
  };

  it('says who tells what about which object', async () => {
    recorder.event(machine('web'), 'Normal', 'Started', 'the guest runs');
    const [event] = await events();
    assert.match(event!.metadata.name, /^web\.[0-9a-f]{16}$/);
    const { metadata: _, ...rest } = event!;
    assert.deepEqual(rest, {
      apiVersion: 'v1',
      kind: 'Event',
      type: 'Normal',
      reason: 'Started',
      message: 'the guest runs',
      count: 1,
      firstTimestamp: '2030-01-01T00:00:00Z',
      lastTimestamp: '2030-01-01T00:00:00Z',
      source: { component: 'hypersdk.io/operator' },
      reportingComponent: 'hypersdk.io/operator',
      reportingInstance: 'operator-0',
      involvedObject: {
        apiVersion: 'hypersdk.io/v1alpha1',
        kind: 'VirtualMachine',
        name: 'web',
        namespace: 'test',
        uid: 'uid-web',
        resourceVersion: '7',
      },
    });
  });

  it('counts what it told within ten minutes, and tells it anew after', async () => {
    const tell = (): void => {
      recorder.event(machine('web'), 'Warning', 'NoNode', 'no node fits');
    };
    tell();
    mock.timers.tick(60_000);
    tell();
    tell();
    const [counted, ...others] = await events();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [counted!.count, counted!.firstTimestamp, counted!.lastTimestamp],
      [3, '2030-01-01T00:00:00Z', '2030-01-01T00:01:00Z'],
    );
    mock.timers.tick(600_000);
    tell();
    assert.deepEqual(
      (await events()).map(({ count }) => count),
      [3, 1],
    );
  });

  it('tells other reasons, messages and objects apart', async () => {
    recorder.event(machine('web'), 'Normal', 'Started', 'one');
    recorder.event(machine('web'), 'Normal', 'Started', 'two');
    recorder.event(machine('web'), 'Normal', 'Stopped', 'one');
    recorder.event(machine('db'), 'Normal', 'Started', 'one');
    assert.deepEqual(
      (await events()).map(({ count }) => count),
      [1, 1, 1, 1],
    );
  });

  it('tells anew what was deleted meanwhile', async () => {
    recorder.event(machine('web'), 'Normal', 'Started', 'one');
    const [first] = await events();
    server.store.delete('api/v1/events', `test/${first!.metadata.name}`);
    recorder.event(machine('web'), 'Normal', 'Started', 'one');
    assert.deepEqual(
      (await events()).map(({ count }) => count),
      [1],
    );
  });

  it('drops what one noisy object has to say, and no other', async () => {
    for (let i = 0; i < 40; i++) recorder.event(machine('noisy'), 'Normal', 'Flapped', `time ${i}`);
    recorder.event(machine('calm'), 'Normal', 'Started', 'one');
    assert.equal((await events()).length, 25 + 1);
    mock.timers.tick(300_000);
    recorder.event(machine('noisy'), 'Normal', 'Flapped', 'a token later');
    recorder.event(machine('noisy'), 'Normal', 'Flapped', 'too soon again');
    assert.equal((await events()).length, 25 + 2);
  });

  it('creates one event even when the answer to its creation is lost', async () => {
    proxy.inject({ type: 'lose-answer' }, { times: 1 });
    recorder.event(machine('web'), 'Normal', 'Started', 'one');
    assert.equal((await events()).length, 1);
    assert.equal(proxy.requests.length, 2);
    assert.deepEqual(complaints, []);
  });

  it('neither throws nor blocks what comes after when it cannot tell', async () => {
    recorder.event({ metadata: { name: 'without-kind' } }, 'Normal', 'Started', 'one');
    proxy.inject({ type: 'status', code: 403, reason: 'Forbidden' }, { times: 1 });
    recorder.event(machine('forbidden'), 'Normal', 'Started', 'one');
    recorder.event(machine('web'), 'Normal', 'Started', 'one');
    assert.deepEqual(
      (await events()).map(({ involvedObject }) => involvedObject.name),
      ['web'],
    );
    assert.deepEqual(complaints, ['event not recorded', 'event not recorded']);
  });

  it('keeps to the lengths of names and messages, and puts cluster-wide events in default', async () => {
    const name = `${'n'.repeat(235)}.${'n'.repeat(17)}`;
    const node: KubeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name, uid: 'node' } };
    recorder.event(node, 'Normal', 'Seen', 'm'.repeat(2000));
    const [event] = await events();
    assert.equal(event!.metadata.namespace, 'default');
    assert.ok(event!.metadata.name.length <= 253);
    assert.doesNotMatch(event!.metadata.name, /\.\./);
    assert.equal(event!.message?.length, 1024);
  });
});
