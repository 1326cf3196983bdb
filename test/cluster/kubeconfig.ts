import { stringify } from 'yaml';
import type { KeyPair } from './certificates.ts';

export interface KubeconfigSource {
  /** Name of its only context. */
  readonly name: string;
  readonly server: string;
  readonly authority: string;
  readonly pair: KeyPair;
}

export function kubeconfig({ name, server, authority, pair }: KubeconfigSource): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(authority) } }],
    users: [
      {
        name,
        user: { 'client-certificate-data': base64(pair.certificate), 'client-key-data': base64(pair.key) },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}
