import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { inCluster } from './in-cluster.ts';

describe('the connection of a pod', () => {
  let directory: string;
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;

  beforeEach(async () => {
    mock.timers.enable({ apis: ['Date'] });
    directory = await mkdtemp(join(tmpdir(), 'service-account-'));
    const files = { token: 'first\n', 'ca.crt': 'authority', namespace: 'hypersdk' };
    for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
    Object.assign(process.env, { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' });
  });
  afterEach(async () => {
    mock.reset();
    await rm(directory, { recursive: true });
    restore('KUBERNETES_SERVICE_HOST', host);
    restore('KUBERNETES_SERVICE_PORT', port);
  });

  it('comes from its environment and its service account', async () => {
    const { server, namespace, credentials } = await inCluster(directory);
    assert.deepEqual([server, namespace], ['https://[fd00::1]:6443', 'hypersdk']);
    assert.deepEqual(await credentials(), {
      headers: { authorization: 'Bearer first' },
      tls: { ca: 'authority' },
    });
  });

  it('takes up a rotated token', async () => {
    const { credentials } = await inCluster(directory);
    await credentials();
    await writeFile(join(directory, 'token'), 'second');
    assert.equal(
      (await credentials()).headers['authorization'],
      'Bearer first',
      'not read for every request',
    );
    mock.timers.tick(10_000);
    assert.equal((await credentials()).headers['authorization'], 'Bearer second');
  });

  it('asks again at once when the files could not be read', async () => {
    const { credentials } = await inCluster(directory);
    await rm(join(directory, 'token'));
    await assert.rejects(credentials(), { code: 'ENOENT' });
    await writeFile(join(directory, 'token'), 'back');
    assert.equal((await credentials()).headers['authorization'], 'Bearer back');
  });
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(process.env, name);
  else process.env[name] = value;
}
