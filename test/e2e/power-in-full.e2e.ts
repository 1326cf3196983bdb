/**
 * Guarantee: a guest is paused, resumed, reset and switched off as asked; whatever it does to itself is seen, said in
 * phase, condition and event, and answered as its run strategy wants.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findCondition, type VirtualMachineManifest, type VMOperationManifest } from '@hypersdk/api';
import { eventOf } from './stage/events.ts';
import { consoleLine } from './stage/guest-console.ts';
import { typeCommand } from './stage/guest-keyboard.ts';
import { operationOn, tinyTemplate, tinyVm } from './stage/manifests.ts';
import { getVm, openScene, type Scene } from './stage/scene.ts';

type Spec = Partial<VirtualMachineManifest['spec']>;
type Operation = VMOperationManifest['spec'];

/** A guest that has booted and obeys; its pod's name. */
async function booted(scene: Scene, name: string, spec: Spec): Promise<string> {
  await scene.apply(tinyTemplate(), tinyVm(name, spec));
  await guestTicks(scene, name, `${name}-1`);
  return `${name}-1`;
}

async function guestTicks(scene: Scene, name: string, pod: string): Promise<void> {
  await scene.waitFor('condition=Running', `vm/${name}`);
  await consoleLine(scene, pod, /^tick 3 /);
}

async function operate(scene: Scene, vm: string, name: Operation['operation'], more = {}): Promise<void> {
  const operation = operationOn(vm, name);
  await scene.apply({ ...operation, spec: { ...operation.spec, ...more } });
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', `vmop/${vm}-${name}`);
}

async function ready(scene: Scene, name: string): Promise<(string | undefined)[]> {
  const { status } = await getVm(scene, name);
  const condition = findCondition(status?.conditions, 'Ready');
  return [status?.phase, condition?.status, condition?.reason];
}

const phase = (value: string): string => `jsonpath={.status.phase}=${value}`;
const reason = (value: string): string => `jsonpath={.status.conditions[?(@.type=="Ready")].reason}=${value}`;

describe('power, in full', () => {
  it('pauses a guest, which goes on where it was, and powers a paused one down', async (t) => {
    const scene = await openScene(t);
    const pod = await booted(scene, 'rests', { running: true });
    await operate(scene, 'rests', 'pause');
    assert.deepEqual(await ready(scene, 'rests'), ['Paused', 'True', 'Paused']);
    const stood = await scene.k('logs', pod, '--container=qemu');
    await operate(scene, 'rests', 'resume');
    const last = Number([...stood.matchAll(/^tick (\d+) /gm)].at(-1)?.[1]);
    await consoleLine(scene, pod, new RegExp(`^tick ${last + 2} `));
    const after = await scene.k('logs', pod, '--container=qemu');
    assert.ok(after.startsWith(stood), 'a paused guest said something');
    const ticks = [...after.matchAll(/^tick (\d+) /gm)].map(([, n]) => Number(n));
    assert.deepEqual(
      ticks,
      ticks.map((_, index) => index + 1),
    );
    await scene.k('delete', 'vmop', '--all');
    await operate(scene, 'rests', 'pause');
    const goodbye = consoleLine(scene, pod, /GUEST-DOWN/);
    await operate(scene, 'rests', 'stop');
    await goodbye;
  });

  it('resets a guest in its pod, once', async (t) => {
    const scene = await openScene(t);
    const pod = await booted(scene, 'shakes', { running: true });
    await operate(scene, 'shakes', 'reset');
    await consoleLine(scene, pod, /^BOOTS 2$/);
    const { status } = await getVm(scene, 'shakes');
    assert.deepEqual([status?.podName, status?.epoch, status?.rebootCount], [pod, 1, undefined]);
  });

  it('tells of a guest that reboots itself', async (t) => {
    const scene = await openScene(t);
    const pod = await booted(scene, 'reboots', { running: true });
    await typeCommand(scene, pod, 'reboot');
    await consoleLine(scene, pod, /^BOOTS 2$/);
    await scene.waitFor('jsonpath={.status.rebootCount}=1', 'vm/reboots');
    assert.match(await eventOf(scene, 'reboots', 'GuestRebooted'), /rebooted itself/);
    assert.equal((await getVm(scene, 'reboots')).status?.podName, pod);
  });

  it('starts a guest that powers itself off again, where it is to run always', async (t) => {
    const scene = await openScene(t);
    const pod = await booted(scene, 'always', { runStrategy: 'Always' });
    await typeCommand(scene, pod, 'poweroff');
    await consoleLine(scene, pod, /GUEST-DOWN/);
    await scene.waitFor('jsonpath={.status.podName}=always-2', 'vm/always');
    assert.match(await eventOf(scene, 'always', 'GuestPoweredDown'), /started again/);
  });

  it('leaves a guest that powers itself off so, where only failures restart it', async (t) => {
    const scene = await openScene(t);
    const pod = await booted(scene, 'rerun', { runStrategy: 'RerunOnFailure' });
    await typeCommand(scene, pod, 'poweroff');
    await scene.waitFor(phase('Stopped'), 'vm/rerun');
    assert.deepEqual(await ready(scene, 'rerun'), ['Stopped', 'True', 'GuestPoweredDown']);
    assert.deepEqual((await getVm(scene, 'rerun')).status?.power?.by, 'guest');
    await operate(scene, 'rerun', 'start');
    assert.equal((await getVm(scene, 'rerun')).status?.podName, 'rerun-2');
  });

  it('starts a guest that panics again, and says that it did', async (t) => {
    const scene = await openScene(t);
    const pod = await booted(scene, 'panics', { runStrategy: 'RerunOnFailure' });
    await typeCommand(scene, pod, 'panic');
    await scene.waitFor(reason('GuestPanicked'), 'vm/panics');
    assert.match(await eventOf(scene, 'panics', 'GuestPanicked'), /panicked/);
    await scene.waitFor('jsonpath={.status.podName}=panics-2', 'vm/panics');
    const { status } = await getVm(scene, 'panics');
    assert.deepEqual([status?.restartCount, status?.lastEnd?.reason], [1, 'GuestPanicked']);
  });

  it('leaves a guest that has failed too often Failed, with the reason', async (t) => {
    const scene = await openScene(t);
    const highAvailability = { enabled: true, restartPolicy: 'OnFailure', maxRestarts: 0 } as const;
    const pod = await booted(scene, 'enough', { running: true, highAvailability });
    await typeCommand(scene, pod, 'panic');
    await scene.waitFor(reason('RestartLimit'), 'vm/enough');
    assert.equal((await getVm(scene, 'enough')).status?.phase, 'Failed');
    await scene.waitFor('condition=Stalled', 'vm/enough');
  });

  it('does with runStrategy Manual and Halted what they say', async (t) => {
    const scene = await openScene(t);
    await scene.apply(tinyTemplate(), tinyVm('manual', { runStrategy: 'Manual' }));
    await scene.waitFor(phase('Stopped'), 'vm/manual');
    await operate(scene, 'manual', 'start');
    assert.equal((await getVm(scene, 'manual')).spec.runStrategy, 'Manual');
    await scene.k('patch', 'vm', 'manual', '--type=merge', '--patch', '{"spec":{"runStrategy":"Halted"}}');
    await scene.waitFor(phase('Stopped'), 'vm/manual');
    await scene.apply(operationOn('manual', 'pause'));
    await scene.waitFor(phase('Failed'), 'vmop/manual-pause');
  });

  it('switches a guest off that ignores its power button, and says so', async (t) => {
    const scene = await openScene(t);
    const pod = await booted(scene, 'deaf', { running: true, terminationGracePeriodSeconds: 5 });
    await typeCommand(scene, pod, 'ignore-power-button');
    await consoleLine(scene, pod, /^IGNORING-POWER-BUTTON/);
    await operate(scene, 'deaf', 'stop');
    assert.match(await eventOf(scene, 'deaf', 'GuestForcedOff'), /did not power down within 5 s/);
  });

  it('switches a guest off at once when it is forced', async (t) => {
    const scene = await openScene(t);
    const pod = await booted(scene, 'forced', { running: true, terminationGracePeriodSeconds: 600 });
    await typeCommand(scene, pod, 'ignore-power-button');
    await consoleLine(scene, pod, /^IGNORING-POWER-BUTTON/);
    await operate(scene, 'forced', 'stop', { force: true, timeout: '30s' });
  });

  it('names a change that waits for a restart, which applies it', async (t) => {
    const scene = await openScene(t);
    await booted(scene, 'grows', { running: true });
    await scene.k('patch', 'vm', 'grows', '--type=merge', '--patch', '{"spec":{"cpus":2}}');
    await scene.waitFor('condition=RestartRequired', 'vm/grows');
    assert.deepEqual((await getVm(scene, 'grows')).status?.restartAwaitingChanges, [
      { field: 'cpus', now: '1', wanted: '2' },
    ]);
    await operate(scene, 'grows', 'restart');
    await scene.waitFor('condition=RestartRequired=False', 'vm/grows');
    await guestTicks(scene, 'grows', 'grows-2');
    await typeCommand(scene, 'grows-2', 'status');
    await consoleLine(scene, 'grows-2', /^CPUS 2 /);
  });

  it('deletes a VM by operation, which outlives it', async (t) => {
    const scene = await openScene(t);
    await booted(scene, 'leaves', { running: true });
    await operate(scene, 'leaves', 'delete');
    assert.equal(await scene.k('get', 'vm,pods', '--output=name'), '');
  });
});
