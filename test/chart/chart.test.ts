import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { chart, renderedChart } from './rendered-chart.ts';
import type { Manifest, Rule } from './rendered-chart.ts';

const crdFiles = readdirSync(join(chart, 'files/crds')).filter((file) => file.endsWith('.yaml'));

function crdSpec(file: string): unknown {
  return (parse(readFileSync(join(chart, 'files/crds', file), 'utf8')) as Manifest).spec;
}

function ofKind(manifests: Manifest[], kind: string): Manifest[] {
  return manifests.filter((manifest) => manifest.kind === kind);
}

function secretRules({ rules }: Manifest): Rule[] {
  return (rules ?? []).filter(({ resources }) => resources.includes('secrets'));
}

/** Every value that stands under `key`, at any depth. */
function valuesUnder(key: string, node: unknown): unknown[] {
  if (node === null || typeof node !== 'object') return [];
  return Object.entries(node).flatMap(([name, child]) => [
    ...(name === key ? [child as unknown] : []),
    ...valuesUnder(key, child),
  ]);
}

describe('the CRDs of the chart', () => {
  it('are all rendered, and outlive the release', async () => {
    const crds = ofKind(await renderedChart(), 'CustomResourceDefinition');
    assert.ok(crds.length >= 4);
    assert.deepEqual(
      crds.map(({ spec }) => spec),
      crdFiles.map(crdSpec),
    );
    for (const { metadata } of crds) assert.equal(metadata.annotations?.['helm.sh/resource-policy'], 'keep');
  });

  it('go with the release where keep is false', async () => {
    const crds = ofKind(await renderedChart('crds.keep=false'), 'CustomResourceDefinition');
    assert.equal(crds.length, crdFiles.length);
    for (const { metadata } of crds)
      assert.equal(metadata.annotations?.['helm.sh/resource-policy'], undefined);
  });

  it('are left out where enabled is false', async () => {
    assert.deepEqual(ofKind(await renderedChart('crds.enabled=false'), 'CustomResourceDefinition'), []);
  });
});

describe('values that the chart refuses', () => {
  const refused = [
    { value: 'operator.replica=2', message: /replica/ },
    { value: 'operator.replicas="two"', message: /replicas/ },
    { value: 'operator.logLevel="loud"', message: /logLevel/ },
    { value: 'operator.image.pullPolicy="Sometimes"', message: /pullPolicy/ },
    { value: 'operator.resources.limits={"memory":"lots"}', message: /memory/ },
    { value: 'acceleration="fast"', message: /acceleration/ },
    { value: 'kvmDevicePlugin.groupId="kvm"', message: /groupId/ },
    { value: 'kvmDevicePlugin.directory="device-plugins"', message: /directory/ },
    { value: 'importer.defaultVolumeSize="10 gigabytes"', message: /defaultVolumeSize/ },
    { value: 'crds.enabled="yes"', message: /enabled/ },
    { value: 'carbon.source="http"', message: /url/ },
    { value: 'carbon.static.zones={"DE":"much"}', message: /DE/ },
    { value: 'carbon.http.header.name="auth-token"', message: /name/ },
    { value: 'unheardOf=true', message: /unheardOf/ },
  ];
  for (const { value, message } of refused) {
    it(value, async () => {
      await assert.rejects(renderedChart(value), message);
    });
  }
});

describe('replicas', () => {
  it('one gets no PodDisruptionBudget, which could only block drains', async () => {
    assert.deepEqual(ofKind(await renderedChart(), 'PodDisruptionBudget'), []);
  });

  it('two get a PodDisruptionBudget and are spread over nodes', async () => {
    const manifests = await renderedChart('operator.replicas=2');
    assert.equal(ofKind(manifests, 'PodDisruptionBudget').length, 1);
    const [deployment] = ofKind(manifests, 'Deployment');
    assert.deepEqual(valuesUnder('topologyKey', deployment), ['kubernetes.io/hostname']);
  });

  it('keep the spread that the values name', async () => {
    const zone = '[{"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule"}]';
    const manifests = await renderedChart(
      'operator.replicas=2',
      `operator.topologySpreadConstraints=${zone}`,
    );
    assert.deepEqual(valuesUnder('topologyKey', ofKind(manifests, 'Deployment')[0]), ['zone']);
  });
});

describe('what the chart asks of the cluster', () => {
  it('no pod has a host path, a host namespace or a privilege', async () => {
    const manifests = await renderedChart();
    for (const key of ['hostPath', 'hostNetwork', 'hostPID', 'hostIPC', 'privileged', 'hostPort', 'add']) {
      assert.deepEqual(valuesUnder(key, manifests), [], key);
    }
  });

  it('every container is what Pod Security restricted demands, with a read-only root', async () => {
    const pods = (await renderedChart()).filter(({ kind }) => kind === 'Pod' || kind === 'Deployment');
    assert.equal(pods.length, 2);
    for (const pod of pods) {
      assert.deepEqual(valuesUnder('runAsNonRoot', pod), [true]);
      assert.deepEqual(valuesUnder('seccompProfile', pod), [{ type: 'RuntimeDefault' }]);
      assert.deepEqual(valuesUnder('allowPrivilegeEscalation', pod), [false]);
      assert.deepEqual(valuesUnder('readOnlyRootFilesystem', pod), [true]);
      assert.deepEqual(valuesUnder('drop', pod), [['ALL']]);
    }
  });

  it('no rule has a wildcard', async () => {
    const rules = (await renderedChart()).flatMap(({ rules = [] }) => rules);
    assert.ok(rules.length > 0);
    for (const rule of rules) {
      for (const word of [...rule.apiGroups, ...rule.resources, ...rule.verbs]) assert.notEqual(word, '*');
    }
  });

  it('the operator can read one Secret, in its own namespace', async () => {
    const manifests = await renderedChart();
    const clusterWide = ofKind(manifests, 'ClusterRole').flatMap(secretRules);
    const namespaced = ofKind(manifests, 'Role').flatMap(secretRules);
    assert.deepEqual(clusterWide, [{ apiGroups: [''], resources: ['secrets'], verbs: ['create', 'update'] }]);
    assert.deepEqual(
      namespaced.map(({ resourceNames, verbs }) => ({ resourceNames, verbs })),
      [{ resourceNames: ['hypersdk-launcher-ca'], verbs: ['get', 'update'] }],
    );
  });

  it('a ServiceMonitor is made only when asked for', async () => {
    assert.deepEqual(ofKind(await renderedChart(), 'ServiceMonitor'), []);
    const asked = await renderedChart('metrics.serviceMonitor.enabled=true');
    assert.equal(ofKind(asked, 'ServiceMonitor').length, 1);
  });

  it('its roles for users are added to view and edit', async () => {
    const labels = ofKind(await renderedChart(), 'ClusterRole').flatMap(({ metadata }) =>
      Object.keys(metadata.labels ?? {}).filter((label) => label.includes('aggregate-to')),
    );
    assert.deepEqual(labels.sort(), [
      'rbac.authorization.k8s.io/aggregate-to-edit',
      'rbac.authorization.k8s.io/aggregate-to-view',
    ]);
  });
});

describe('the source of carbon intensity', () => {
  it('gets its header from a Secret, and the deployment never holds it', async () => {
    const header = '{"name":"auth-token","secret":{"name":"grid","key":"token"}}';
    const [deployment] = ofKind(
      await renderedChart(
        'carbon.source="http"',
        'carbon.http.url="https://grid.test/{zone}"',
        `carbon.http.header=${header}`,
      ),
      'Deployment',
    );
    assert.deepEqual(valuesUnder('secretKeyRef', deployment), [{ name: 'grid', key: 'token' }]);
  });
});

describe('the KVM device plugin', () => {
  const enabled = 'kvmDevicePlugin.enabled=true';

  it('is made only when asked for, in a namespace of its own', async () => {
    assert.deepEqual(ofKind(await renderedChart(), 'DaemonSet'), []);
    const manifests = await renderedChart(enabled);
    const [namespace] = ofKind(manifests, 'Namespace');
    const [daemonSet] = ofKind(manifests, 'DaemonSet');
    assert.equal(daemonSet?.metadata.namespace, namespace?.metadata.name);
    assert.equal(namespace?.metadata.labels?.['pod-security.kubernetes.io/enforce'], 'privileged');
  });

  it("is root with one host path, the kubelet's, and with no power but that", async () => {
    const manifests = await renderedChart(enabled);
    const [daemonSet] = ofKind(manifests, 'DaemonSet');
    const path = '/var/lib/kubelet/device-plugins';
    assert.deepEqual(valuesUnder('hostPath', manifests), [{ path, type: 'Directory' }]);
    assert.deepEqual(valuesUnder('mountPath', daemonSet), [path]);
    assert.deepEqual(valuesUnder('seccompProfile', daemonSet), [{ type: 'RuntimeDefault' }]);
    assert.deepEqual(valuesUnder('allowPrivilegeEscalation', daemonSet), [false]);
    assert.deepEqual(valuesUnder('readOnlyRootFilesystem', daemonSet), [true]);
    assert.deepEqual(valuesUnder('drop', daemonSet), [['ALL']]);
    assert.deepEqual(valuesUnder('automountServiceAccountToken', daemonSet), [false]);
    for (const key of ['hostNetwork', 'hostPID', 'hostIPC', 'privileged', 'hostPort', 'add']) {
      assert.deepEqual(valuesUnder(key, manifests), [], key);
    }
  });

  it("takes the operator's image, another kubelet's directory, and the group of the device", async () => {
    const manifests = await renderedChart(
      enabled,
      'kvmDevicePlugin.directory="/opt/device-plugins"',
      'kvmDevicePlugin.groupId=4294967294',
    );
    const [[daemonSet], [deployment]] = [ofKind(manifests, 'DaemonSet'), ofKind(manifests, 'Deployment')];
    assert.deepEqual(valuesUnder('image', daemonSet), valuesUnder('image', deployment));
    assert.deepEqual(valuesUnder('path', valuesUnder('hostPath', daemonSet)), ['/opt/device-plugins']);
    assert.ok(valuesUnder('value', deployment).includes('4294967294'));
  });
});

describe('images', () => {
  it('take the appVersion where no tag is given, and the tag where one is', async () => {
    const plain = ofKind(await renderedChart(), 'Deployment')[0];
    const tagged = ofKind(await renderedChart('operator.image.tag="abc"'), 'Deployment')[0];
    assert.match(String(valuesUnder('image', plain)), /^hypersdk\/operator:\d+\.\d+\.\d+$/);
    assert.deepEqual(valuesUnder('image', tagged), ['hypersdk/operator:abc']);
  });
});
