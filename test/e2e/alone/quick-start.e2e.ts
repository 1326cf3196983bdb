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
import { documented, shownCommands, type } from '../stage/documents.ts';
import { consoleLine } from '../stage/guest-console.ts';
import { kubectl } from '../stage/kubectl.ts';
import { tinyTemplate } from '../stage/manifests.ts';
import { sceneIn } from '../stage/scene.ts';

const repository = join(import.meta.dirname, '../../..');

/** A user types them in the top directory of a checkout. */
const step = {
  installKinds: shownCommands('README', '# 1. The kinds'),
  installByHelm: shownCommands('README', '# 2. The operator, by Helm'),
  installByKubectl: shownCommands('README', '# ... or without it'),
  firstVm: shownCommands('README', '# 3. A first VM'),
};

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

async function typed(commands: string): Promise<void> {
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

/** What README shows beside the Quick Start. */
async function operates(): Promise<void> {
  const scene = sceneIn('default');
  await scene.apply(documented('README', 'VMOperation/restart-ubuntu-vm'));
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/restart-ubuntu-vm');
  assert.match(await type(scene, 'README', 'kubectl get vmop restart-ubuntu-vm'), /Succeeded/);
  await scene.apply(documented('README', 'VirtualMachine/my-vm'));
  await scene.waitFor('condition=Running', 'vm/my-vm');
  await kubectl(['delete', 'vm/my-vm', 'vmop/restart-ubuntu-vm', '--timeout=240s']);
}

async function removeFirstVm(): Promise<void> {
  await kubectl(['delete', 'vm/ubuntu-vm', 'vmt/ubuntu-22-04', '--timeout=240s']);
}

describe('the Quick Start', () => {
  it('works with plain manifests', async () => {
    await typed(step.installKinds);
    await typed(step.installByKubectl);
    await typed(step.firstVm);
    await becomesAVm();
    await removeFirstVm();
    await kubectl(['delete', '--filename', join(checkout, 'deploy/operator')]);
  });

  it('works with Helm', async () => {
    await typed(step.installKinds);
    await typed(step.installByHelm);
    await typed(step.firstVm);
    await becomesAVm();
    await operates();
    await removeFirstVm();
  });
});
