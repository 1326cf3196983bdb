import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { readIfThere, writeAtomically } from './atomic-file.ts';
import { certificateAuthority, issue } from './certificates.ts';
import type { KeyPair, Subject } from './certificates.ts';
import type { Instance } from './instance.ts';
import { kubeconfig } from './kubeconfig.ts';

/** Files that the control plane and the nodes read. */
export function credentialPath(instance: Instance, file: string): string {
  return join(instance.directory, 'pki', file);
}

/** Every part's certificate and kubeconfig; those that are there stay as they are. */
export async function ensureCredentials(instance: Instance): Promise<void> {
  const authority = await ensureKeyPair(instance, 'ca', () =>
    certificateAuthority(`hypersdk-${instance.name}`),
  );
  await ensureServiceAccountKey(instance);
  for (const [name, subject] of Object.entries(servers(instance))) {
    await ensureKeyPair(instance, name, () => issue(authority, subject));
  }
  for (const [name, subject] of Object.entries(clients(instance))) {
    const pair = await ensureKeyPair(instance, name, () => issue(authority, subject));
    const text = kubeconfig({
      name: instance.cgroup,
      server: instance.apiServer.url,
      authority: authority.certificate,
      pair,
    });
    await writeAtomically(credentialPath(instance, `${name}.kubeconfig`), text);
  }
  await copyAdminKubeconfig(instance);
}

function servers(instance: Instance): Record<string, Subject> {
  const service = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];
  const names = [...service, 'localhost', '127.0.0.1', instance.bridge.address, instance.serviceAddress];
  return { 'kube-apiserver': { commonName: 'kube-apiserver', names } };
}

function clients(instance: Instance): Record<string, Subject> {
  const nodes = instance.nodes.map(({ name, address }): [string, Subject] => [
    name,
    { commonName: `system:node:${name}`, organization: 'system:nodes', names: [name, address] },
  ]);
  return {
    admin: { commonName: 'admin', organization: 'system:masters' },
    'kubelet-client': { commonName: 'kube-apiserver-kubelet-client', organization: 'system:masters' },
    'kube-controller-manager': { commonName: 'system:kube-controller-manager' },
    'kube-scheduler': { commonName: 'system:kube-scheduler' },
    'kube-proxy': { commonName: 'system:kube-proxy' },
    ...Object.fromEntries(nodes),
  };
}

async function ensureKeyPair(
  instance: Instance,
  name: string,
  make: () => Promise<KeyPair>,
): Promise<KeyPair> {
  const [certificatePath, keyPath] = [
    credentialPath(instance, `${name}.crt`),
    credentialPath(instance, `${name}.key`),
  ];
  const [certificate, key] = await Promise.all([readIfThere(certificatePath), readIfThere(keyPath)]);
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  const pair = await make();
  await writeAtomically(keyPath, pair.key);
  await writeAtomically(certificatePath, pair.certificate);
  return pair;
}

async function ensureServiceAccountKey(instance: Instance): Promise<void> {
  const path = credentialPath(instance, 'service-account.key');
  if ((await readIfThere(path)) !== undefined) return;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeAtomically(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

async function copyAdminKubeconfig(instance: Instance): Promise<void> {
  const text = await readIfThere(credentialPath(instance, 'admin.kubeconfig'));
  if (text === undefined) throw new Error('The administrator has no kubeconfig');
  await writeAtomically(instance.kubeconfig, text);
  await writeAtomically(instance.checkoutKubeconfig, text);
}
