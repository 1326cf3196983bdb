import { Resolver } from 'node:dns/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeAtomically } from './atomic-file.ts';
import { binary } from './binaries.ts';
import { assertAlive, ensureDaemon } from './daemon.ts';
import type { Instance } from './instance.ts';
import { kubectl } from './kubectl.ts';
import { nameServers } from './resolver.ts';
import { waitFor } from './waiting.ts';

export const CLUSTER_DOMAIN = 'cluster.local';
/** Names from outside the cluster, as a site's own name server would have them. */
const SITE_DOMAIN = 'site.test';
/** This machine's, which is the image server's too. */
export const SITE_HOST = `host.${SITE_DOMAIN}`;

/** CoreDNS on the bridge, and in front of it the Service whose address the pods are given. */
export async function ensureDns(instance: Instance): Promise<void> {
  const corefile = join(instance.directory, 'Corefile');
  await writeAtomically(corefile, corefileOf(instance));
  await kubectl(instance, ['apply', '-f', '-'], {
    input: [service(instance), endpoints(instance)].map((item) => stringify(item)).join('---\n'),
  });
  await ensureDaemon(instance, {
    name: 'coredns',
    command: [binary('coredns'), '-conf', corefile],
    configuration: [corefile],
  });
}

/** Resolves once names are answered. */
export async function dnsAnswers(instance: Instance): Promise<void> {
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers([instance.bridge.address]);
  await waitFor({ until: 'the name server answers', seconds: 30 }, async () => {
    await assertAlive(instance, 'coredns');
    return resolver.resolve4(SITE_HOST).catch(() => undefined);
  });
}

function corefileOf({ bridge, kubeconfig }: Instance): string {
  const outside = nameServers();
  return `
.:53 {
  bind ${bridge.address}
  errors
  hosts {
    ${bridge.address} ${SITE_HOST}
    fallthrough
  }
  kubernetes ${CLUSTER_DOMAIN} {
    kubeconfig ${kubeconfig}
  }
  ${outside.length > 0 ? `forward . ${outside.join(' ')}` : ''}
}
`;
}

const metadata = { name: 'kube-dns', namespace: 'kube-system' };
const ports = (['UDP', 'TCP'] as const).map((protocol) => ({
  name: `dns-${protocol.toLowerCase()}`,
  port: 53,
  protocol,
}));

function service({ dnsAddress }: Instance) {
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { clusterIP: dnsAddress, ports } };
}

/** Made by hand, because CoreDNS is no pod here. */
function endpoints({ bridge }: Instance) {
  const labels = { 'kubernetes.io/service-name': metadata.name };
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, labels },
    addressType: 'IPv4',
    ports,
    endpoints: [{ addresses: [bridge.address], conditions: { ready: true } }],
  };
}
