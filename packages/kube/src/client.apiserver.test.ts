import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from './client.ts';
import type { Connection } from './connection.ts';
import {
  AlreadyExistsError,
  ConflictError,
  InvalidError,
  NotFoundError,
  UnauthorizedError,
} from './errors.ts';
import { addFinalizer, removeFinalizer } from './finalizers.ts';
import type { Key } from './object.ts';
import { defineResource } from './resource.ts';
import { ConfigMaps, PersistentVolumeClaims, Pods, type ConfigMap } from './resources.ts';
import { scratchNamespace, type ScratchNamespace } from './testing/scratch-namespace.ts';

describe('the client on a real API server', () => {
  let scratch: ScratchNamespace;
  let client: Client;

  before(async () => {
    scratch = await scratchNamespace();
    client = scratch.client;
  });
  after(() => scratch[Symbol.asyncDispose]());

  const key = (name: string): Key => ({ namespace: scratch.namespace, name });
  const create = (name: string): Promise<ConfigMap> =>
    client.create(ConfigMaps, { metadata: key(name), data: { a: '1', b: '1' } });

  it('creates, reads, replaces and deletes', async () => {
    const created = await create('crud');
    assert.deepEqual(await client.get(ConfigMaps, key('crud')), created);
    const replaced = await client.replace(ConfigMaps, { ...created, data: { a: '2' } });
    assert.deepEqual(replaced.data, { a: '2' });
    await client.delete(ConfigMaps, key('crud'));
    await assert.rejects(client.get(ConfigMaps, key('crud')), NotFoundError);
  });

  it('refuses to replace what has changed, and to delete what is another by now', async () => {
    const old = await create('locked');
    await client.mergePatch(ConfigMaps, key('locked'), { data: { a: '2' } });
    await assert.rejects(client.replace(ConfigMaps, old), ConflictError);
    await assert.rejects(client.delete(ConfigMaps, key('locked'), { uid: 'another' }), ConflictError);
    const { uid, resourceVersion } = old.metadata;
    await assert.rejects(client.delete(ConfigMaps, key('locked'), { uid, resourceVersion }), ConflictError);
    await client.delete(ConfigMaps, key('locked'), { uid });
  });

  it('names its errors by class, with what the server said', async () => {
    await create('twice');
    await assert.rejects(create('twice'), AlreadyExistsError);
    const invalid = client.create(ConfigMaps, { metadata: key('Not_A_Name') });
    await assert.rejects(invalid, (error) => {
      assert.ok(error instanceof InvalidError);
      assert.deepEqual([error.status, error.reason], [422, 'Invalid']);
      assert.equal(error.details.causes?.[0]?.field, 'metadata.name');
      return true;
    });
    const unknown = defineResource({ ...ConfigMaps, group: 'nowhere.io', plural: 'things', kind: 'Thing' });
    await assert.rejects(client.list(unknown), NotFoundError);
  });

  it('patches by merge and by operations', async () => {
    await create('patched');
    const merged = await client.mergePatch(ConfigMaps, key('patched'), { data: { a: null, c: '1' } });
    assert.deepEqual(merged.data, { b: '1', c: '1' });
    const operations = [
      { op: 'test', path: '/data/b', value: '1' },
      { op: 'replace', path: '/data/b', value: '2' },
      { op: 'remove', path: '/data/c' },
    ] as const;
    assert.deepEqual((await client.jsonPatch(ConfigMaps, key('patched'), operations)).data, { b: '2' });
    await assert.rejects(client.jsonPatch(ConfigMaps, key('patched'), operations), InvalidError);
  });

  it('applies its own fields, and takes over others only by force', async () => {
    const wish = { metadata: key('applied'), data: { a: 'mine' } };
    await client.apply(ConfigMaps, wish, { fieldManager: 'one' });
    await client.apply(
      ConfigMaps,
      { metadata: key('applied'), data: { b: 'yours' } },
      { fieldManager: 'two' },
    );
    const conflicting = { metadata: key('applied'), data: { a: 'yours' } };
    await assert.rejects(client.apply(ConfigMaps, conflicting, { fieldManager: 'two' }), ConflictError);
    const forced = await client.apply(ConfigMaps, conflicting, { fieldManager: 'two', force: true });
    // Two no longer applies b, so it goes.
    assert.deepEqual(forced.data, { a: 'yours' });
  });

  it('writes the status subresource apart from the rest', async () => {
    const claim = await client.create(PersistentVolumeClaims, {
      metadata: key('claim'),
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    const bound = { ...claim, spec: { ...claim.spec, volumeName: 'ignored' }, status: { phase: 'Bound' } };
    const replaced = await client.replaceStatus(PersistentVolumeClaims, bound);
    assert.deepEqual([replaced.status?.phase, replaced.spec?.volumeName], ['Bound', undefined]);
    const patch = { status: { phase: 'Lost' } };
    const patched = await client.mergePatch(PersistentVolumeClaims, key('claim'), patch, {
      subresource: 'status',
    });
    assert.equal(patched.status?.phase, 'Lost');
  });

  it('lets finalizers hold an object back', async () => {
    const held = await client.replace(ConfigMaps, addFinalizer(await create('held'), 'hypersdk.io/test'));
    await client.delete(ConfigMaps, key('held'));
    const ending = await client.get(ConfigMaps, key('held'));
    assert.equal(ending.metadata.uid, held.metadata.uid);
    assert.ok(ending.metadata.deletionTimestamp);
    await client.replace(ConfigMaps, removeFinalizer(ending, 'hypersdk.io/test'));
    await assert.rejects(client.get(ConfigMaps, key('held')), NotFoundError);
  });

  it('selects by namespace, label and field', async () => {
    for (const [name, team] of [
      ['x', 'red'],
      ['y', 'blue'],
    ] as const) {
      await client.create(ConfigMaps, { metadata: { ...key(name), labels: { team } } });
    }
    const { namespace } = scratch;
    const names = async (selection: object): Promise<string[]> =>
      (await client.list(ConfigMaps, { namespace, ...selection })).items.map(({ metadata }) => metadata.name);
    assert.deepEqual(await names({ labelSelector: 'team=red' }), ['x']);
    assert.deepEqual(await names({ fieldSelector: 'metadata.name=y' }), ['y']);
  });

  it('ends a watch when the server closes it', async () => {
    const { metadata } = await client.list(ConfigMaps);
    const signal = AbortSignal.timeout(60_000);
    const { resourceVersion } = metadata;
    const { namespace } = scratch;
    const events = client.watch(ConfigMaps, { namespace, resourceVersion, timeoutSeconds: 1, signal });
    const seen: string[] = [];
    await create('watched');
    for await (const { type, object } of events)
      seen.push(`${type} ${'name' in object.metadata ? object.metadata.name : ''}`);
    assert.deepEqual(seen, ['ADDED watched']);
  });

  it('is not let in without credentials', async () => {
    const { connection } = client;
    const bare: Connection = {
      server: connection.server,
      credentials: async () => {
        const { ca, rejectUnauthorized } = (await connection.credentials()).tls;
        const tls = { ...(ca && { ca }), ...(rejectUnauthorized !== undefined && { rejectUnauthorized }) };
        return { headers: { authorization: 'Bearer wrong' }, tls };
      },
    };
    const stranger = new Client(bare, { userAgent: 'test' });
    await assert.rejects(stranger.list(Pods), UnauthorizedError);
    await stranger.close();
  });
});
