import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { RequestOptions } from 'node:https';
import type { Connection, Credentials } from './connection.ts';

/**
 * The current context of a kubeconfig: client certificates, tokens and token files, basic auth, exec
 * plugins and OIDC, as `KubeConfig` of @kubernetes/client-node knows them.
 */
export function kubeConfigConnection(config: KubeConfig): Connection {
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error('the kubeconfig has no current context with a cluster');
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace;
  return {
    server: cluster.server.replace(/\/+$/, ''),
    ...(namespace !== undefined && { namespace }),
    ...(cluster.proxyUrl !== undefined && { proxyUrl: cluster.proxyUrl }),
    credentials: () => credentials(config),
  };
}

/** `KUBECONFIG`, else `~/.kube/config`. Loads client-node, half of the memory here, only for those who need it. */
export async function defaultKubeConfig(): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const config = new KubeConfig();
  config.loadFromDefault();
  return config;
}

async function credentials(config: KubeConfig): Promise<Credentials> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, servername, rejectUnauthorized, auth } = options;
  return {
    headers: {
      ...(auth && { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` }),
      // client-node only ever sets a plain record of strings here.
      ...(options.headers as Record<string, string> | undefined),
    },
    // The same holds for TLS: client-node sets text or one Buffer, never a list.
    tls: { ca, cert, key, servername, rejectUnauthorized } as Credentials['tls'],
  };
}
