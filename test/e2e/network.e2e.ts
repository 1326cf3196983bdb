/**
 * Guarantee: a guest is a host of the cluster: it answers on its pod's address and through Services, from any node,
 * and reaches out by name. What ties it to the network may be upgraded under it, another network comes to it and goes while it
 * runs, and over a restart it stays the same machine. Where the namespace allows no capability it is bound without one, and says so;
 * networks come and go there, too.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import {
  findCondition,
  LAUNCHER_READINESS_PORT,
  type VirtualMachine,
  type VirtualMachineManifest,
} from '@hypersdk/api';
import { becomes } from './stage/becomes.ts';
import { CLIENT_ANSWER, clientPod, type ClientPod } from './stage/client-pod.ts';
import { exposed } from './stage/exposed.ts';
import { consoleLine } from './stage/guest-console.ts';
import { typeCommand } from './stage/guest-keyboard.ts';
import { waitFor } from '../cluster/waiting.ts';
import { identity } from './stage/identity.ts';
import { kubectl } from './stage/kubectl.ts';
import { operationOn, tinyTemplate, tinyVm } from './stage/manifests.ts';
import { getVm, openScene, type Scene } from './stage/scene.ts';
import { upgradeContainer } from './stage/container.ts';
import { counting, countsOn } from './stage/ticks.ts';

type Networks = NonNullable<VirtualMachineManifest['spec']['networks']>;

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

/** Bytes that the guest gets from the URL. */
async function fetched(scene: Scene, pod: string, url: string): Promise<number> {
  await typeCommand(scene, pod, `fetch ${url}`);
  const line = await consoleLine(scene, pod, new RegExp(`^FETCHED \\d+ ${url.replaceAll('.', '\\.')}$`));
  return Number(line.split(' ')[1]);
}

/** Resolves when the guest has so many interfaces, some of which come or go meanwhile. */
async function hasLinks(scene: Scene, pod: string, count: number): Promise<void> {
  const until = `${pod} has ${count} interfaces`;
  await waitFor({ until, seconds: 60, intervalMilliseconds: 500 }, async () => {
    const look = `look-${performance.now()}`;
    await typeCommand(scene, pod, `begin-${look}\nlinks\nend-${look}`);
    await consoleLine(scene, pod, new RegExp(`^UNKNOWN end-${look}`));
    const [, seen = ''] = (await scene.k('logs', pod, '--container', 'qemu')).split(`UNKNOWN begin-${look}`);
    return seen.match(/^LINK /gm)?.length === count || undefined;
  });
}

const SITE_ANSWER = 'here is the site, outside the cluster';

/** The URL of a server outside the cluster, by its name there. */
async function site(t: TestContext): Promise<string> {
  const { hostname } = new URL(process.env['IMAGE_SERVER_URL'] ?? '');
  const server = createServer((_, answer) => answer.end(SITE_ANSWER)).listen(0, hostname);
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a path
  return `http://${process.env['SITE_HOST'] ?? ''}:${port}/`;
}

interface Reacher {
  readonly scene: Scene;
  readonly pod: string;
  readonly client: ClientPod;
}

/** By names alone: one of the guest's own namespace, and one from outside the cluster. */
async function reachesByName(t: TestContext, { scene, pod, client }: Reacher): Promise<void> {
  assert.equal(await fetched(scene, pod, client.url), CLIENT_ANSWER.length);
  assert.equal(await fetched(scene, pod, await site(t)), SITE_ANSWER.length);
  const search = new RegExp(`^RESOLV search ${scene.namespace}\\.svc\\.cluster\\.local`);
  await typeCommand(scene, pod, 'links');
  await consoleLine(scene, pod, search);
}

/** Resolves when the running guest has these networks. */
async function reconfigured(scene: Scene, networks: Networks): Promise<void> {
  await scene.apply(tinyVm('web', { running: true, ...named, networks }));
  const { generation } = (await getVm(scene, 'web')).metadata;
  await becomes<VirtualMachine>(scene, 'vm/web', ({ status }) => {
    const ready = findCondition(status?.conditions, 'Ready');
    return ready?.status === 'True' && ready.observedGeneration === generation;
  });
}

const OWN_MAC = '02:00:5E:10:00:01';

describe('the masquerade binding', () => {
  it('makes the guest a host of the cluster, on two networks, and keeps what it is', async (t) => {
    const scene = await openScene(t);
    const networks = [{ name: 'default' }, { name: 'second', macAddress: OWN_MAC, ports: [{ port: 8080 }] }];
    const pod = await counting(scene, 'web', { ...named, networks });
    const vm = await serving(scene, 'web');
    const client = await clientPod(scene, vm);
    const before = await identity(scene, pod);

    await t.test('it answers from another node, by its address and through a Service', async () => {
      const binding = { binding: 'masquerade', reason: 'NamespaceAllows' };
      assert.deepEqual(boundAs(vm), [binding, binding]);
      assert.equal(await client.fetch(`http://${addressOf(vm)}/`), 'web');
      assert.equal(await client.fetch(`http://${await exposed(scene, 'web')}:8000/`), 'web');
      // The launcher's ports stay the launcher's.
      assert.notEqual(await client.fetch(`http://${addressOf(vm)}:${LAUNCHER_READINESS_PORT}/readyz`), 'web');
    });

    await t.test("a port of its second network goes there, and both have the pod's MTU", async () => {
      // The guest listens on this port at the second address alone.
      await consoleLine(scene, pod, /^NET-UP 10\.0\.3\.2$/);
      assert.equal(await client.fetch(`http://${addressOf(vm)}:8080/`), 'web');
      const mtu = (await scene.k('exec', 'client', '--', 'cat', '/sys/class/net/eth0/mtu')).trim();
      assert.notEqual(mtu, '1500');
      await typeCommand(scene, pod, 'links');
      await consoleLine(scene, pod, new RegExp(`^LINK eth0 10\\.0\\.2\\.2/24 MTU ${mtu}$`));
      await consoleLine(scene, pod, new RegExp(`^LINK eth1 10\\.0\\.3\\.2/24 MTU ${mtu}$`));
    });

    await t.test('it reaches out by name, and not to the launcher', async (t) => {
      await reachesByName(t, { scene, pod, client });
      assert.equal(await fetched(scene, pod, `http://10.0.2.1:${LAUNCHER_READINESS_PORT}/readyz`), 0);
    });

    await t.test('its container may be upgraded under it', async () => {
      await upgradeContainer(scene, pod, 'network');
      assert.equal(await client.fetch(`http://${addressOf(vm)}/`), 'web');
      assert.equal(await client.fetch(`http://${addressOf(vm)}:8080/`), 'web');
      await countsOn(scene, pod);
    });

    await t.test('another network comes to it with its ports, and goes again', async () => {
      await reconfigured(scene, [...networks, { name: 'third', ports: [{ port: 9090 }] }]);
      await typeCommand(scene, pod, 'join eth2');
      await consoleLine(scene, pod, /^NET-UP 10\.0\.4\.2$/);
      // The guest listens on this port at no other address that the pod's leads to.
      assert.equal(await client.fetch(`http://${addressOf(vm)}:9090/`), 'web');
      const now = await getVm(scene, 'web');
      assert.deepEqual(boundAs(now)?.[2], { binding: 'masquerade', reason: 'NamespaceAllows' });
      assert.deepEqual([now.status?.podName, now.status?.restartAwaitingChanges], [pod, []]);
      await reconfigured(scene, networks);
      assert.equal(await client.fetch(`http://${addressOf(vm)}:8080/`), 'web');
      await countsOn(scene, pod);
    });

    await t.test('it is the same machine after a restart', async () => {
      await scene.apply(operationOn('web', 'restart'));
      await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/web-restart');
      const [uuid, hostname, ...macs] = before;
      await consoleLine(scene, 'web-2', /^HOSTNAME /);
      assert.deepEqual(await identity(scene, 'web-2'), before);
      assert.deepEqual([uuid, hostname], [vm.status?.uuid, 'web']);
      assert.deepEqual(
        macs,
        vm.status?.networks?.map(({ macAddress }) => macAddress),
      );
      assert.equal(macs[1], OWN_MAC.toLowerCase());
    });
  });
});

describe('a namespace that allows no capability', () => {
  it('gets the user binding, which forwards the declared ports', async (t) => {
    const scene = await openScene(t);
    await enforce(scene, '=restricted');
    const networks = [{ name: 'default', ports: [{ port: 80 }] }, { name: 'second' }];
    await scene.apply(tinyTemplate(), tinyVm('meek', { ...named, networks }));
    // Beside the guest's boot.
    await scene.waitFor('condition=Running', 'vm/meek');
    const client = await clientPod(scene, await getVm(scene, 'meek'));
    const vm = await serving(scene, 'meek');
    const binding = { binding: 'user', reason: 'PodSecurityForbidsMasquerade' };
    assert.deepEqual(boundAs(vm), [binding, binding]);
    assert.equal(await client.fetch(`http://${addressOf(vm)}/`), 'meek');
    await consoleLine(scene, 'meek-1', /^NET-UP 10\.0\.3\.15$/);
    await reachesByName(t, { scene, pod: 'meek-1', client });

    for (const wanted of [networks.slice(0, 1), networks]) {
      await scene.apply(tinyVm('meek', { ...named, networks: wanted }));
      await hasLinks(scene, 'meek-1', wanted.length);
    }
    assert.equal((await getVm(scene, 'meek')).status?.podName, 'meek-1');
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
