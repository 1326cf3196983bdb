/**
 * Guarantee: nothing that is not the VM hurts the VM. The operator is killed, the launcher is killed by an upgrade in
 * place, and the guest counts on; afterwards status is right, and what was asked for in the meantime happens.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { consoleLine } from '../stage/guest-console.ts';
import { kubectl } from '../stage/kubectl.ts';
import { operationOn } from '../stage/manifests.ts';
import { getVm, openScene } from '../stage/scene.ts';
import { upgradeSidecar } from '../stage/sidecar.ts';
import { counting, countsOn } from '../stage/ticks.ts';

const operator = (...args: string[]): Promise<string> => kubectl(['--namespace', 'hypersdk-system', ...args]);

async function operatorIsBack(): Promise<void> {
  await operator('rollout', 'status', 'deployment/hypersdk-operator', '--timeout=120s');
}

describe('independence', () => {
  it('of the operator, which is killed and comes back', async (t) => {
    const scene = await openScene(t);
    const pod = await counting(scene, 'calm');
    await operator(
      'delete',
      'pod',
      '--selector=app.kubernetes.io/name=hypersdk-operator',
      '--grace-period=0',
      '--force',
    );
    await countsOn(scene, pod);
    await operatorIsBack();
    await scene.apply(operationOn('calm', 'restart'));
    await scene.waitFor('jsonpath={.status.phase}=Succeeded', 'vmop/calm-restart');
    assert.equal((await getVm(scene, 'calm')).status?.podName, 'calm-2');
  });

  it('of an operator that is away: a stop is carried out when it is back', async (t) => {
    const scene = await openScene(t);
    const pod = await counting(scene, 'waits');
    await operator('scale', 'deployment/hypersdk-operator', '--replicas=0');
    t.after(() => operator('scale', 'deployment/hypersdk-operator', '--replicas=1').then(operatorIsBack));
    await operator(
      'wait',
      '--for=delete',
      'pod',
      '--selector=app.kubernetes.io/name=hypersdk-operator',
      '--timeout=60s',
    );
    await scene.k('patch', 'vm', 'waits', '--type=merge', '--patch', '{"spec":{"running":false}}');
    await countsOn(scene, pod);
    await operator('scale', 'deployment/hypersdk-operator', '--replicas=1');
    await scene.waitFor('jsonpath={.status.phase}=Stopped', 'vm/waits');
  });

  it('of the launcher, whose image is changed under the running guest', async (t) => {
    const scene = await openScene(t);
    const pod = await counting(scene, 'upgraded');
    await upgradeSidecar(scene, pod, 'launcher');
    await countsOn(scene, pod);
    await scene.waitFor('condition=Running', 'vm/upgraded');
    await scene.k('delete', 'vm', 'upgraded', '--wait=false');
    await consoleLine(scene, pod, /GUEST-DOWN/);
  });
});
