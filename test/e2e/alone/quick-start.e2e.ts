/**
 * Guarantee: the commands of the documentation's Quick Start work as they are written, by Helm and by plain manifests,
 * from a cluster without HyperSDK to a running VM. Only the image's address is another: there is no way to Ubuntu's
 * server from here.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';
import type { VMTemplateManifest } from '@hypersdk/api';
import { consoleLine } from '../stage/guest-console.ts';
import { kubectl } from '../stage/kubectl.ts';
import { tinyTemplate } from '../stage/manifests.ts';
import { sceneIn } from '../stage/scene.ts';

const repository = join(import.meta.dirname, '../../..');

/** As a user types them, in the top directory of a checkout. */
const installKinds = `
kubectl apply -f deploy/crds/hypersdk.io_virtualmachines.yaml
kubectl apply -f deploy/crds/hypersdk.io_vmoperations.yaml
kubectl apply -f deploy/crds/hypersdk.io_vmtemplates.yaml
kubectl apply -f deploy/crds/hypersdk.io_vmsnapshots.yaml
`;
const installByHelm = `
helm install hypersdk-operator ./deploy/helm/hypersdk-operator \\
  --namespace hypersdk-system \\
  --create-namespace
`;
const installByKubectl = `kubectl apply -f deploy/operator/`;
const firstVm = `
kubectl apply -f deploy/examples/vmtemplate-ubuntu.yaml
kubectl apply -f deploy/examples/vm-ubuntu.yaml
kubectl get vm
`;

let checkout: string;

/** The deploy folder as it is, but for the template's image. */
before(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'hypersdk-quick-start-'));
  await execa('cp', ['--recursive', join(repository, 'deploy'), checkout]);
  const file = join(checkout, 'deploy/examples/vmtemplate-ubuntu.yaml');
  const template = parse(await readFile(file, 'utf8')) as VMTemplateManifest; // our own example
  await writeFile(
    file,
    stringify({ ...template, spec: { ...template.spec, image: tinyTemplate().spec.image } }),
  );
  await execa('helm', ['uninstall', 'hypersdk-operator', '--namespace', 'hypersdk-system', '--wait'], {
    reject: false,
  });
});
after(() => rm(checkout, { recursive: true }));

async function type(commands: string): Promise<void> {
  await execa('bash', ['-euc', commands], { cwd: checkout, timeout: 240_000 });
}

async function becomesAVm(): Promise<void> {
  const scene = sceneIn('default');
  await scene.waitFor('condition=Running', 'vm/ubuntu-vm');
  assert.match(await scene.k('get', 'vm'), /ubuntu-vm +Running +2 +2Gi +node-[12] /);
  await consoleLine(
    scene,
    await scene.k('get', 'vm', 'ubuntu-vm', '--output=jsonpath={.status.podName}'),
    /GUEST-UP/,
  );
}

async function removeFirstVm(): Promise<void> {
  await kubectl(['delete', 'vm/ubuntu-vm', 'vmt/ubuntu-22-04', '--timeout=120s']);
}

describe('the Quick Start', () => {
  it('works with plain manifests', async () => {
    await type(installKinds + installByKubectl);
    await type(firstVm);
    await becomesAVm();
    await removeFirstVm();
    await kubectl(['delete', '--filename', join(checkout, 'deploy/operator')]);
  });

  it('works with Helm', async () => {
    await type(installKinds + installByHelm);
    await type(firstVm);
    await becomesAVm();
    await removeFirstVm();
  });
});
