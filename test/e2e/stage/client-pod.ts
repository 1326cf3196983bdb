/** A pod on the other node than the VM's, which talks to the VM as any workload of the cluster would. */
import type { VirtualMachine } from '@hypersdk/api';
import type { Scene } from './scene.ts';

export interface ClientPod {
  /** Answers with `CLIENT_ANSWER`, by the name of the pod's Service. */
  readonly url: string;
  /** The body that a URL answers with; rejects when it does not within seconds. */
  readonly fetch: (url: string) => Promise<string>;
}

const PORT = 8080;
export const CLIENT_ANSWER = 'here is the client';
const SERVE = `require('node:http').createServer((_, answer) => answer.end('${CLIENT_ANSWER}')).listen(${PORT})`;

/** Ends when the URL answers: until then the Service's name, its rules or the server itself may be under way. */
const WAIT = `const ask = () => fetch(process.argv[1]).catch(() => setTimeout(ask, 100)); ask()`;

const security = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

export async function clientPod(scene: Scene, { status }: VirtualMachine): Promise<ClientPod> {
  // Our own image, because the cluster has it.
  const image = `hypersdk/launcher:${process.env['RELEASE'] ?? ''}`;
  const client = { name: 'client', image, command: ['node', '--eval', SERVE], securityContext: security };
  const notBeside = {
    key: 'kubernetes.io/hostname',
    operator: 'NotIn',
    values: [status?.nodeName ?? ''],
  };
  const terms = { nodeSelectorTerms: [{ matchExpressions: [notBeside] }] };
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } };
  const selector = { app: 'client' };
  await scene.apply(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'client', labels: selector },
      spec: { containers: [client], affinity, terminationGracePeriodSeconds: 0 },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'client' },
      spec: { selector, ports: [{ port: PORT }] },
    },
  );
  await scene.waitFor('condition=Ready', 'pod/client');
  const url = `http://client:${PORT}/`;
  await scene.k('exec', 'client', '--', 'busybox', 'timeout', '180', 'node', '--eval', WAIT, url);
  return {
    url,
    fetch: (url) => scene.k('exec', 'client', '--', 'busybox', 'wget', '-q', '-T', '10', '-O', '-', url),
  };
}
