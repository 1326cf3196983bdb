import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Client } from './client.ts';
import { Informer } from './informer.ts';
import { silent } from './log.ts';
import { ConfigMaps, Pods, type ConfigMap } from './resources.ts';
import { startFakeApiServer } from './testing/fake-api-server.ts';
import { FaultProxy } from './testing/fault-proxy.ts';
import { informerGuarantees } from './testing/informer-guarantees.ts';
import { InformerStage } from './testing/informer-stage.ts';
import { until } from './testing/until.ts';

describe('an informer on a fake API server', () => {
  for (const { name, holds } of informerGuarantees) {
    it(name, async () => {
      await using server = await startFakeApiServer();
      const { connection } = server;
      await using stage = await InformerStage.set({ connection, namespace: 'test' });
      await holds(stage);
    });
  }
});

describe('an informer', () => {
  it('resumes from the last bookmark, so that a compaction costs no list', async () => {
    await using setting = await set({ bookmarkInterval: 10 });
    const { server, proxy, informer } = setting;
    informer.start(setting.signal);
    await until('a watch', () => proxy.openWatches === 1);
    // Other resources move on; only bookmarks tell a watcher of config maps.
    const { resourceVersion } = server.store.create('api/v1/pods', 'test/pod', pod).metadata;
    server.store.compact();
    const { bookmarks } = informer.stats;
    await until('a bookmark', () => informer.stats.bookmarks >= bookmarks + 2);
    proxy.strike({ type: 'close' });
    await until('the next watch', () => proxy.openWatches === 1 && proxy.watches.length === 2);
    assert.equal(proxy.watches[1]!.query.get('resourceVersion'), resourceVersion);
    assert.equal(proxy.lists.length, 1);
  });

  it('resumes from the last change it heard of', async () => {
    await using setting = await set({ bookmarkInterval: 60_000 });
    const { server, proxy, informer } = setting;
    informer.start(setting.signal);
    await until('a watch', () => proxy.openWatches === 1);
    const { resourceVersion } = server.store.create(
      'api/v1/configmaps',
      'test/one',
      configMap('one'),
    ).metadata;
    await until('the change', () => informer.get('test/one') !== undefined);
    proxy.strike({ type: 'reset' });
    await until('the next watch', () => proxy.watches.length === 2);
    assert.equal(proxy.watches[1]!.query.get('resourceVersion'), resourceVersion);
  });

  it('does not list anew for an outage, however long', async () => {
    await using setting = await set({ bookmarkInterval: 60_000 });
    const { proxy, informer } = setting;
    informer.start(setting.signal);
    await until('a watch', () => proxy.openWatches === 1);
    proxy.inject({ type: 'reset' });
    proxy.strike({ type: 'reset' });
    await until('ten attempts', () => proxy.watches.length > 10);
    proxy.heal();
    await until('a watch again', () => proxy.openWatches === 1);
    assert.equal(proxy.lists.length, 1);
  });

  it('lists anew when the server is silent about its version, as after a restore of etcd', async () => {
    const timing = { backoff: { initial: 10, max: 50 }, idleTimeout: 200 };
    await using setting = await set({ bookmarkInterval: 60_000 }, { timing });
    const { server, proxy, informer } = setting;
    server.store.version = 100;
    informer.start(setting.signal);
    await until('a watch', () => proxy.openWatches === 1);
    // The past as it was backed up, with a change that no watch from version 100 hears of.
    server.store.version = 5;
    server.store.create('api/v1/configmaps', 'test/past', configMap('past'));
    await until('the cache follows the past', () => informer.get('test/past') !== undefined);
    assert.equal(proxy.lists.length, 2);
    assert.ok(proxy.watches.length >= 3);
  });

  it('lists anew when what it knows was compacted away', async () => {
    await using setting = await set({ bookmarkInterval: 60_000 });
    const { server, proxy, informer } = setting;
    informer.start(setting.signal);
    await until('a watch', () => proxy.openWatches === 1);
    proxy.inject({ type: 'status', code: 503, reason: 'ServiceUnavailable' });
    proxy.strike({ type: 'reset' });
    server.store.create('api/v1/configmaps', 'test/late', configMap('late'));
    server.store.compact();
    proxy.heal();
    await until('the new one', () => informer.get('test/late') !== undefined);
    assert.equal(proxy.lists.length, 2);
  });

  it('caches neither managedFields nor what its transform drops', async () => {
    const slim = ({ metadata }: ConfigMap): ConfigMap => ({ metadata });
    await using setting = await set({ bookmarkInterval: 60_000 }, { transform: slim });
    const managed = configMap('managed');
    Object.assign(managed.metadata, { managedFields: [{ manager: 'kubectl' }] });
    setting.server.store.create('api/v1/configmaps', 'test/managed', managed);
    setting.informer.start(setting.signal);
    await setting.informer.synced;
    const cached = setting.informer.get('test/managed')!;
    assert.deepEqual(Object.keys(cached), ['metadata']);
    assert.deepEqual(Object.keys(cached.metadata).sort(), ['name', 'namespace', 'resourceVersion', 'uid']);
  });

  it('hears of changes even when its transform drops the resource version', async () => {
    const slim = ({ metadata: { namespace = '', name, labels = {} } }: ConfigMap): ConfigMap => ({
      metadata: { namespace, name, labels },
    });
    await using setting = await set({ bookmarkInterval: 60_000 }, { transform: slim });
    const { server, informer } = setting;
    const created = server.store.create('api/v1/configmaps', 'test/one', configMap('one'));
    informer.start(setting.signal);
    await informer.synced;
    const metadata = { ...created.metadata, labels: { changed: 'yes' } };
    server.store.update('api/v1/configmaps', 'test/one', { ...created, metadata });
    await until('the change', () => informer.get('test/one')?.metadata.labels?.['changed'] === 'yes');
  });

  it('tells the other listeners when one throws, and a late one what is there', async () => {
    const errors: string[] = [];
    await using setting = await set(
      { bookmarkInterval: 60_000 },
      { log: { ...silent, error: (_, message) => errors.push(message) } },
    );
    const { informer, server } = setting;
    informer.subscribe(() => {
      throw new Error('bad listener');
    });
    const heard: string[] = [];
    informer.subscribe(({ type, object }) => heard.push(`${type} ${object.metadata.name}`));
    server.store.create('api/v1/configmaps', 'test/one', configMap('one'));
    informer.start(setting.signal);
    await informer.synced;
    const late: string[] = [];
    const unsubscribe = informer.subscribe(({ type, object }) =>
      late.push(`${type} ${object.metadata.name}`),
    );
    unsubscribe();
    server.store.delete('api/v1/configmaps', 'test/one');
    await until('the deletion', () => heard.length === 2);
    assert.deepEqual({ heard, late }, { heard: ['added one', 'deleted one'], late: ['added one'] });
    assert.deepEqual(errors, ['a listener threw', 'a listener threw']);
  });

  it('rejects `synced` when it is stopped before, and may be started only once', async () => {
    await using setting = await set({ bookmarkInterval: 60_000 });
    setting.proxy.inject({ type: 'reset' });
    setting.informer.start(setting.signal);
    assert.throws(() => {
      setting.informer.start(setting.signal);
    }, /started before/);
    setting.stop();
    await assert.rejects(setting.informer.synced, { name: 'AbortError' });
    assert.equal(setting.informer.isSynced, false);
  });

  it('fills in the kind that lists leave out', async () => {
    await using server = await startFakeApiServer();
    server.store.create('api/v1/pods', 'test/pod', pod);
    const client = new Client(server.connection, { userAgent: 'test' });
    const { items } = await client.list(Pods);
    assert.deepEqual([items[0]?.apiVersion, items[0]?.kind], ['v1', 'Pod']);
    await client.close();
  });
});

const pod = { metadata: { name: 'pod', namespace: 'test' } };

function configMap(name: string): ConfigMap {
  return { metadata: { name, namespace: 'test' }, data: { value: '1' } };
}

interface Setting extends AsyncDisposable {
  readonly server: Awaited<ReturnType<typeof startFakeApiServer>>;
  readonly proxy: FaultProxy;
  readonly informer: Informer<ConfigMap>;
  readonly signal: AbortSignal;
  readonly stop: () => void;
}

async function set(
  options: Parameters<typeof startFakeApiServer>[0],
  overrides: ConstructorParameters<typeof Informer<ConfigMap>>[2] = {},
): Promise<Setting> {
  const server = await startFakeApiServer(options);
  const proxy = await FaultProxy.start(server.connection);
  const client = new Client(proxy.connection, { userAgent: 'test' });
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort();
  };
  const timing = { backoff: { initial: 10, max: 50 } };
  return {
    server,
    proxy,
    informer: new Informer(client, ConfigMaps, { timing, ...overrides }),
    signal: controller.signal,
    stop,
    [Symbol.asyncDispose]: async () => {
      stop();
      await client.close();
      await proxy[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
