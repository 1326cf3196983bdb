import { join } from 'node:path';
import { writeAtomically } from './atomic-file.ts';
import { binary } from './binaries.ts';
import { credentialPath } from './credentials.ts';
import { assertAlive, ensureDaemon } from './daemon.ts';
import type { Instance } from './instance.ts';
import { kubectl } from './kubectl.ts';
import { waitFor } from './waiting.ts';

/** `api-only`: nothing but the API, on loopback. `cluster`: nodes, controllers and scheduler belong to it. */
export type ControlPlaneKind = 'api-only' | 'cluster';

export async function ensureApiServer(instance: Instance, kind: ControlPlaneKind): Promise<void> {
  await ensureDaemon(instance, { name: 'etcd', command: etcdCommand(instance) });
  const auditPolicy = join(instance.directory, 'audit-policy.yaml');
  await writeAtomically(auditPolicy, AUDIT_POLICY);
  await ensureDaemon(instance, {
    name: 'kube-apiserver',
    command: [binary('kube-apiserver'), ...flags(apiServerFlags(instance, kind, auditPolicy))],
    configuration: [auditPolicy, credentialPath(instance, 'kube-apiserver.crt')],
  });
  await waitFor({ until: 'the API server is ready', seconds: 300 }, async () => {
    await assertAlive(instance, 'etcd');
    await assertAlive(instance, 'kube-apiserver');
    const { exitCode } = await kubectl(instance, ['get', '--raw', '/readyz'], {
      reject: false,
      timeout: 10_000,
    });
    return exitCode === 0 ? true : undefined;
  });
}

export async function ensureControllers(instance: Instance): Promise<void> {
  for (const name of ['kube-controller-manager', 'kube-scheduler'] as const) {
    const own = name === 'kube-scheduler' ? schedulerFlags : controllerManagerFlags(instance);
    const command = [binary(name), ...flags({ ...commonFlags(instance, name), ...own })] as const;
    await ensureDaemon(instance, { name, command: [...command] });
  }
}

/** On a unix socket: no port to collide on, and nobody but root can open it. */
function etcdSocket(instance: Instance): string {
  return `unix://${instance.directory}/etcd.sock`;
}

function etcdCommand(instance: Instance): [string, ...string[]] {
  const peer = `unix://${instance.directory}/etcd-peer.sock`;
  const settings = {
    name: instance.name,
    'data-dir': join(instance.directory, 'etcd'),
    'listen-client-urls': etcdSocket(instance),
    'advertise-client-urls': etcdSocket(instance),
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `${instance.name}=${peer}`,
    // A test cluster need not outlive a power failure.
    'unsafe-no-fsync': 'true',
    'log-level': 'warn',
  };
  return [binary('etcd'), ...flags(settings)];
}

function apiServerFlags(
  instance: Instance,
  kind: ControlPlaneKind,
  auditPolicy: string,
): Record<string, string> {
  const path = (file: string) => credentialPath(instance, file);
  return {
    'etcd-servers': etcdSocket(instance),
    'secure-port': String(instance.apiServer.port),
    'advertise-address': instance.bridge.address,
    'service-cluster-ip-range': instance.serviceSubnet,
    'tls-cert-file': path('kube-apiserver.crt'),
    'tls-private-key-file': path('kube-apiserver.key'),
    'client-ca-file': path('ca.crt'),
    'kubelet-certificate-authority': path('ca.crt'),
    'kubelet-client-certificate': path('kubelet-client.crt'),
    'kubelet-client-key': path('kubelet-client.key'),
    'kubelet-preferred-address-types': 'InternalIP',
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': path('service-account.key'),
    'service-account-signing-key-file': path('service-account.key'),
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'anonymous-auth': 'false',
    'audit-log-path': join(instance.directory, 'logs', 'audit.log'),
    'audit-policy-file': auditPolicy,
    'audit-log-maxsize': '500',
    'audit-log-maxbackup': '1',
    ...kindFlags(kind),
  };
}

function kindFlags(kind: ControlPlaneKind): Record<string, string> {
  switch (kind) {
    case 'cluster':
      // Loopback for clients on this machine, the bridge for the nodes: one flag cannot name just these two.
      return { 'bind-address': '0.0.0.0' };
    case 'api-only':
      // No controller makes service accounts here, and pods are to be accepted all the same.
      return {
        'bind-address': '127.0.0.1',
        'endpoint-reconciler-type': 'none',
        'disable-admission-plugins': 'ServiceAccount',
      };
  }
}

function commonFlags(instance: Instance, name: string): Record<string, string> {
  const config = credentialPath(instance, `${name}.kubeconfig`);
  return {
    kubeconfig: config,
    'authentication-kubeconfig': config,
    'authorization-kubeconfig': config,
    // There is one of each, and nobody reads its metrics.
    'leader-elect': 'false',
    'secure-port': '0',
    'kube-api-qps': '200',
    'kube-api-burst': '400',
  };
}

/**
 * The scheduler can miss that a claim was bound while it looked at the pod (seen with claims that are bound at once),
 * and would then leave the pod alone for five minutes.
 */
const schedulerFlags = { 'pod-max-in-unschedulable-pods-duration': '5s' };

function controllerManagerFlags(instance: Instance): Record<string, string> {
  return {
    'use-service-account-credentials': 'true',
    'root-ca-file': credentialPath(instance, 'ca.crt'),
    'service-account-private-key-file': credentialPath(instance, 'service-account.key'),
    'cluster-signing-cert-file': credentialPath(instance, 'ca.crt'),
    'cluster-signing-key-file': credentialPath(instance, 'ca.key'),
    'pvclaimbinder-sync-period': '1s',
    'flex-volume-plugin-dir': join(instance.directory, 'volume-plugins'),
  };
}

function flags(settings: Record<string, string>): string[] {
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
}

/** Who wrote what, to count an operator's requests; bodies would only slow it down. */
const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: Metadata
`;
