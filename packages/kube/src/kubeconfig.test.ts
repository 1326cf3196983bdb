import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Credentials } from './connection.ts';
import { kubeConfigConnection } from './kubeconfig.ts';

const pem = (text: string): string => Buffer.from(text).toString('base64');

describe('the connection of a kubeconfig', () => {
  const users: {
    name: string;
    user: object;
    expected: Partial<Credentials['tls']>;
    authorization?: string;
  }[] = [
    { name: 'a token', user: { token: 'secret' }, expected: {}, authorization: 'Bearer secret' },
    {
      name: 'a password',
      user: { username: 'me', password: 'secret' },
      expected: {},
      authorization: `Basic ${pem('me:secret')}`,
    },
    {
      name: 'a client certificate',
      user: { 'client-certificate-data': pem('certificate'), 'client-key-data': pem('key') },
      expected: { cert: Buffer.from('certificate'), key: Buffer.from('key') },
    },
    {
      name: 'an exec plugin',
      user: {
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          interactiveMode: 'Never',
          command: process.execPath,
          args: ['--print', `'${JSON.stringify({ status: { token: 'from-plugin' } })}'`],
        },
      },
      expected: {},
      authorization: 'Bearer from-plugin',
    },
  ];
  for (const { name, user, expected, authorization } of users) {
    it(`proves itself by ${name}`, async () => {
      const { credentials } = kubeConfigConnection(config(user));
      const { headers, tls } = await credentials();
      assert.deepEqual(headers, authorization === undefined ? {} : { Authorization: authorization });
      const { ca, servername, ...rest } = tls;
      assert.deepEqual([ca, servername], [Buffer.from('authority'), 'kubernetes']);
      assert.deepEqual({ cert: undefined, key: undefined, rejectUnauthorized: undefined, ...expected }, rest);
    });
  }

  it('leads to the current context and its namespace', () => {
    const { server, namespace, proxyUrl } = kubeConfigConnection(config({ token: 'secret' }));
    assert.deepEqual(
      { server, namespace, proxyUrl },
      { server: 'https://kubernetes:6443', namespace: 'team', proxyUrl: 'http://proxy:3128' },
    );
  });

  it('needs a current context', () => {
    const empty = new KubeConfig();
    empty.loadFromString('{"clusters": [], "users": [], "contexts": []}');
    assert.throws(() => kubeConfigConnection(empty), /no current context/);
  });
});

function config(user: object): KubeConfig {
  const cluster = {
    server: 'https://kubernetes:6443/',
    'certificate-authority-data': pem('authority'),
    'tls-server-name': 'kubernetes',
    'proxy-url': 'http://proxy:3128',
  };
  const loaded = new KubeConfig();
  loaded.loadFromString(
    JSON.stringify({
      clusters: [{ name: 'here', cluster }],
      users: [{ name: 'me', user }],
      contexts: [{ name: 'now', context: { cluster: 'here', user: 'me', namespace: 'team' } }],
      'current-context': 'now',
    }),
  );
  return loaded;
}
