/**
 * Guarantee: a guest is a host of the cluster: it answers on its pod's address and through Services, from any node,
 * and reaches out. Where the namespace allows no capability it is bound without one, and says so. What ties it to the
 * network may be upgraded under it.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findCondition, LAUNCHER_READINESS_PORT, type VirtualMachine } from '@hypersdk/api';
import { clientPod } from './stage/client-pod.ts';
import { consoleLine, typeOnConsole } from './stage/guest-console.ts';
import { kubectl } from './stage/kubectl.ts';
import { tinyTemplate, tinyVm } from './stage/manifests.ts';
import { getVm, openScene, type Scene } from './stage/scene.ts';
import { upgradeSidecar } from './stage/sidecar.ts';
import { counting, countsOn } from './stage/ticks.ts';

/** With a seed, by which the guest learns its name and answers with it. */
const named = { cloudInit: { userData: '#cloud-config\n' } };

const enforce = ({ namespace }: Scene, level: string): Promise<string> =>
  kubectl(['label', 'namespace', namespace, '--overwrite', `pod-security.kubernetes.io/enforce${level}`]);

async function serving(scene: Scene, name: string): Promise<VirtualMachine> {
  await scene.waitFor('condition=Running', `vm/${name}`);
  await consoleLine(scene, `${name}-1`, /^HOSTNAME /);
  await consoleLine(scene, `${name}-1`, /^NET-UP /);
  return getVm(scene, name);
}

const addressOf = (vm: VirtualMachine): string => vm.status?.ipAddresses?.[0] ?? '';
const boundAs = (vm: VirtualMachine) =>
  vm.status?.networks?.map(({ binding, reason }) => ({ binding, reason }));

async function exposed(scene: Scene, vm: string): Promise<string> {
  const ports = [{ port: 8000, targetPort: 80 }];
  await scene.apply({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: vm },
    spec: { selector: { vm }, ports },
  });
  await scene.waitFor(
    'jsonpath={.endpoints[0].conditions.ready}=true',
    `endpointslice/${await slice(scene, vm)}`,
  );
  return scene.k('get', 'service', vm, '--output', 'jsonpath={.spec.clusterIP}');
}

async function slice({ k }: Scene, service: string): Promise<string> {
  const selector = `kubernetes.io/service-name=${service}`;
  await k('wait', '--for=create', 'endpointslice', '--selector', selector, '--timeout=60s');
  return k('get', 'endpointslice', '--selector', selector, '--output', 'jsonpath={.items[0].metadata.name}');
}

describe('the masquerade binding', () => {
  it('makes the guest answer from another node, by its address and through a Service', async (t) => {
    const scene = await openScene(t);
    await scene.apply(tinyTemplate(), tinyVm('web', named));
    const vm = await serving(scene, 'web');
    assert.deepEqual(boundAs(vm), [{ binding: 'masquerade', reason: 'NamespaceAllows' }]);
    const client = await clientPod(scene, vm);
    assert.equal(await client.fetch(`http://${addressOf(vm)}/`), 'web');
    assert.equal(await client.fetch(`http://${await exposed(scene, 'web')}:8000/`), 'web');
    // The launcher's ports stay the launcher's.
    assert.notEqual(await client.fetch(`http://${addressOf(vm)}:${LAUNCHER_READINESS_PORT}/readyz`), 'web');
  });

  it('lets the guest reach out, and keeps it from the launcher', async (t) => {
    const scene = await openScene(t);
    await scene.apply(tinyTemplate(), tinyVm('out', named));
    await serving(scene, 'out');
    const image = process.env['IMAGE_URL'] ?? '';
    const size = (await fetch(image, { method: 'HEAD' })).headers.get('content-length');
    await typeOnConsole(scene, 'out-1', `fetch ${image}`);
    assert.equal(await consoleLine(scene, 'out-1', /^FETCHED /), `FETCHED ${size ?? ''}`);
    await typeOnConsole(scene, 'out-1', `fetch http://10.0.2.1:${LAUNCHER_READINESS_PORT}/readyz`);
    await consoleLine(scene, 'out-1', /^FETCHED 0$/);
  });

  it('goes on over an upgrade of its sidecar, under the running guest', async (t) => {
    const scene = await openScene(t);
    const pod = await counting(scene, 'steady', named);
    const vm = await serving(scene, 'steady');
    const client = await clientPod(scene, vm);
    assert.equal(await client.fetch(`http://${addressOf(vm)}/`), 'steady');
    await upgradeSidecar(scene, pod, 'network');
    assert.equal(await client.fetch(`http://${addressOf(vm)}/`), 'steady');
    await countsOn(scene, pod);
  });
});

describe('a namespace that allows no capability', () => {
  it('gets the user binding, which forwards the declared ports', async (t) => {
    const scene = await openScene(t);
    await enforce(scene, '=restricted');
    const networks = [{ name: 'default', ports: [{ port: 80 }] }];
    await scene.apply(tinyTemplate(), tinyVm('meek', { ...named, networks }));
    const vm = await serving(scene, 'meek');
    assert.deepEqual(boundAs(vm), [{ binding: 'user', reason: 'PodSecurityForbidsMasquerade' }]);
    const client = await clientPod(scene, vm);
    assert.equal(await client.fetch(`http://${addressOf(vm)}/`), 'meek');
  });

  it('is named where the masquerade binding is asked for, and the VM starts once it allows it', async (t) => {
    const scene = await openScene(t);
    await enforce(scene, '=baseline');
    const networks = [{ name: 'default', binding: 'masquerade' as const }];
    await scene.apply(tinyTemplate(), tinyVm('bold', { networks }));
    await scene.waitFor('condition=Stalled', 'vm/bold');
    await scene.waitFor(
      'jsonpath={.status.conditions[?(@.type=="Stalled")].reason}=NetworkNotAllowed',
      'vm/bold',
    );
    const stalled = findCondition((await getVm(scene, 'bold')).status?.conditions, 'Stalled');
    assert.match(stalled?.message ?? '', /pod-security\.kubernetes\.io\/enforce=baseline/);
    assert.equal(await scene.k('get', 'pods', '--selector', 'vm=bold', '--output', 'name'), '');
    await enforce(scene, '-');
    await scene.waitFor('condition=Running', 'vm/bold');
  });
});
