/** The chart on a real API server that others have used, with a CRD of the tests' own. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { execa } from 'execa';
import { binary, buildBinaries } from '../cluster/binaries.ts';
import { chart } from './rendered-chart.ts';

const crdName = 'gadgets.chart-test.hypersdk.io';
const namespace = 'chart-test';
let directory: string;
let copy: string;

before(async () => {
  assert.ok(process.env['KUBECONFIG'], 'KUBECONFIG names the API server');
  await buildBinaries(['helm', 'kubernetes']);
  directory = await mkdtemp(join(tmpdir(), 'chart-'));
  copy = join(directory, 'hypersdk-operator');
  await cp(chart, copy, { recursive: true, filter: (path) => !path.includes('hypersdk.io_') });
  await writeCrd('A gadget.');
});

afterEach(async () => {
  await helm('uninstall', 'hypersdk-operator', '--ignore-not-found');
  await kubectl('delete', 'crd', crdName, '--ignore-not-found', '--wait=false');
  await kubectl('wait', 'crd', crdName, '--for=delete', '--timeout=30s');
});

after(() => rm(directory, { recursive: true, force: true }));

describe('the chart on an API server', () => {
  it('installs by the documented command, and leaves its CRDs when it is uninstalled', async () => {
    await install();
    await helm('uninstall', 'hypersdk-operator');
    assert.equal(await crdField('.metadata.name'), crdName);
  });

  it('takes the CRDs that it left back when it is installed again', async () => {
    await install();
    await helm('uninstall', 'hypersdk-operator');
    await writeCrd('A better gadget.');
    await install();
    assert.equal(await crdDescription(), 'A better gadget.');
  });

  it('changes a CRD by an upgrade', async () => {
    await install();
    await writeCrd('A gadget of the next release.');
    await helm('upgrade', 'hypersdk-operator', copy);
    assert.equal(await crdDescription(), 'A gadget of the next release.');
  });

  it('installs beside CRDs that kubectl applied, leaves them alone and says so', async () => {
    await writeCrd('A gadget by hand.');
    await kubectl('apply', '-f', join(copy, 'files/crds/gadget.yaml'));
    await writeCrd('A gadget by Helm.');
    const { stdout } = await install();
    assert.match(stdout, new RegExp(`from another owner[^]*${crdName}`));
    assert.equal(await crdDescription(), 'A gadget by hand.');
  });

  it('takes CRDs over by the commands that its notes give', async () => {
    await kubectl('apply', '-f', join(copy, 'files/crds/gadget.yaml'));
    const { stdout } = await install();
    const commands = stdout
      .slice(stdout.indexOf('  kubectl annotate crd'))
      .replace('./deploy/helm/hypersdk-operator', copy);
    await writeCrd('A gadget that Helm took over.');
    const path = ['helm', 'kubectl'].map((name) => join(binary(name as 'helm' | 'kubectl'), '..')).join(':');
    await execa('bash', ['-euc', commands], { env: { PATH: `${path}:${process.env['PATH'] ?? ''}` } });
    assert.equal(await crdDescription(), 'A gadget that Helm took over.');
  });

  it('is refused a second time, because one operator serves the whole cluster', async () => {
    await install();
    const elsewhere = ['--namespace', 'chart-test-second', '--create-namespace'];
    const second = execa(binary('helm'), ['install', 'second', copy, ...elsewhere]);
    await assert.rejects(second, /ClusterRole "hypersdk-operator".*exists and cannot be imported/s);
  });
});

describe("the operator's service account", () => {
  const as = `--as=system:serviceaccount:${namespace}:hypersdk-operator`;
  const secret = (name: string, labels: object) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, labels } });
  const given = (verb: 'apply' | 'replace', input: string, ...more: string[]) =>
    execa(binary('kubectl'), [verb, ...more, '-f', '-'], { input, reject: false, timeout: 180_000 });

  it('can update the Secrets that it made, no other, and read none of them', async () => {
    await install();
    const ours = secret('ours', { 'app.kubernetes.io/managed-by': 'hypersdk-operator' });
    const foreign = secret('foreign', {});
    for (const manifest of [ours, foreign]) assert.equal((await given('apply', manifest)).exitCode, 0);
    // A policy counts a moment after it was made.
    const deadline = Date.now() + 120_000;
    while ((await given('replace', foreign, as)).exitCode === 0) assert.ok(Date.now() < deadline);
    assert.match((await given('replace', foreign, as)).stderr, /updates only Secrets that it made/);
    assert.equal((await given('replace', ours, as)).exitCode, 0);
    await assert.rejects(kubectl('get', 'secret', 'ours', '-n', namespace, as), /cannot get resource/);
  });
});

describe('the plain manifests', () => {
  it('are accepted by the API server', async () => {
    const manifests = join(chart, '../../operator');
    await kubectl('apply', '-f', join(manifests, '00-namespace.yaml'));
    const { stdout } = await kubectl('apply', '--dry-run=server', '-f', manifests, '--output', 'name');
    assert.match(stdout, /deployment.apps\/hypersdk-operator/);
  });
});

function install(): ReturnType<typeof helm> {
  return helm('install', 'hypersdk-operator', copy, '--create-namespace');
}

function helm(...parameters: string[]) {
  return execa(binary('helm'), [...parameters, '--namespace', namespace], { timeout: 180_000 });
}

function kubectl(...parameters: string[]) {
  return execa(binary('kubectl'), parameters, { timeout: 180_000 });
}

async function crdField(path: string): Promise<string> {
  const { stdout } = await kubectl('get', 'crd', crdName, '--output', `jsonpath={${path}}`);
  return stdout;
}

function crdDescription(): Promise<string> {
  return crdField('.spec.versions[0].schema.openAPIV3Schema.description');
}

/** JSON is YAML too. */
async function writeCrd(description: string): Promise<void> {
  const [plural, group] = ['gadgets', 'chart-test.hypersdk.io'];
  const schema = { openAPIV3Schema: { type: 'object', description } };
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: crdName },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind: 'Gadget' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
  await writeFile(join(copy, 'files/crds/gadget.yaml'), JSON.stringify(crd));
}
