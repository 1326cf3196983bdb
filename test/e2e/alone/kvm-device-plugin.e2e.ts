/**
 * Guarantee: a VM that needs KVM says so while no node offers it, and starts by itself once the chart's device plugin
 * offers it. `auto` takes KVM where it truly works, and says why where it does not: this holds on machines whose KVM
 * works, hangs every guest, or is not there. The plugin may be switched off under a running guest.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { findCondition } from '@hypersdk/api';
import { upgradeChart } from '../stage/chart.ts';
import { type } from '../stage/documents.ts';
import { kubectl } from '../stage/kubectl.ts';
import { tinyTemplate, tinyVm } from '../stage/manifests.ts';
import { getVm, sceneIn } from '../stage/scene.ts';
import { countsOn } from '../stage/ticks.ts';

const NAMESPACE = 'e2e-kvm';
const PLUGIN = 'hypersdk-kvm-device-plugin';
const OFFERED = 'jsonpath={.status.allocatable.devices\\.hypersdk\\.io/kvm}';
/** The nodes of the local cluster have this machine's kernel. */
const hasKvm = existsSync('/sys/class/misc/kvm');
const scene = sceneIn(NAMESPACE);

let isOn = false;

async function withdrawPlugin(): Promise<void> {
  isOn = false;
  await upgradeChart('kvmDevicePlugin.enabled=false');
}

async function nodesOffer(devices: string): Promise<void> {
  await kubectl(['wait', 'nodes', '--all', `--for=${OFFERED}=${devices}`, '--timeout=240s']);
}

describe('the KVM device plugin', { skip: process.env['HYPERSDK_INSTANCE'] === undefined }, () => {
  before(() => kubectl(['create', 'namespace', NAMESPACE]));
  after(async () => {
    if (isOn) await withdrawPlugin();
    await kubectl(['delete', 'namespace', NAMESPACE, '--timeout=240s']);
  });

  it('is asked for by a VM that needs KVM', async () => {
    await scene.apply(tinyTemplate(), tinyVm('fast', { running: true, acceleration: 'kvm' }));
    await scene.waitFor(
      'jsonpath={.status.conditions[?(@.type=="Stalled")].reason}=KvmNotOffered',
      'vm/fast',
    );
    const stalled = findCondition((await getVm(scene, 'fast')).status?.conditions, 'Stalled');
    assert.match(stalled?.message ?? '', /kvmDevicePlugin\.enabled/);
  });

  it('offers KVM on every node that has it', async () => {
    isOn = true;
    await type(scene, 'kvm', 'helm upgrade hypersdk-operator');
    const devices = hasKvm ? '1k' : '0';
    await nodesOffer(devices);
    const shown = await type(scene, 'kvm', 'kubectl get nodes');
    for (const node of ['node-1', 'node-2']) assert.match(shown, new RegExp(`^${node} +${devices}$`, 'm'));
  });

  it('brings the device to the VM, which waited for it', { skip: !hasKvm }, async () => {
    await scene.waitFor('jsonpath={.status.podName}=fast-1', 'vm/fast');
    const settled = '{.status.conditions[?(@.type=="Reconciling")].status}=False';
    await scene.waitFor(`jsonpath=${settled}`, 'vm/fast');
    const ready = findCondition((await getVm(scene, 'fast')).status?.conditions, 'Ready');
    assert.match(
      `${ready?.reason ?? ''}: ${ready?.message ?? ''}`,
      /^Running: |^KvmUnusable: The probe guest /,
    );
  });

  it('lets a VM choose that may do without', async () => {
    await scene.k('patch', 'vm', 'fast', '--type=merge', '--patch={"spec":{"acceleration":"auto"}}');
    await scene.waitFor('condition=Ready', 'vm/fast');
    const { acceleration, accelerationReason = '' } = (await getVm(scene, 'fast')).status ?? {};
    const reason = hasKvm ? /^The probe guest (hung|crashed|did not start)/ : /^The pod was given no /;
    assert.match(accelerationReason, acceleration === 'kvm' ? /^A probe guest ran with it/ : reason);
  });

  it('may go while the guest runs', async () => {
    await withdrawPlugin();
    await kubectl(['wait', `namespace/${PLUGIN}`, '--for=delete', '--timeout=240s']);
    await nodesOffer('0');
    await countsOn(scene, (await getVm(scene, 'fast')).status?.podName ?? '');
    await scene.waitFor('condition=Ready', 'vm/fast');
  });
});
