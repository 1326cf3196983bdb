/** Guarantee: a guest is paused, resumed, reset, restarted, switched off and deleted as its user asks. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventOf } from './stage/events.ts';
import { consoleLine } from './stage/guest-console.ts';
import { typeCommand } from './stage/guest-keyboard.ts';
import { operationOn, tinyTemplate, tinyVm } from './stage/manifests.ts';
import { booted, operate, phase, ready } from './stage/power.ts';
import { getVm, openScene } from './stage/scene.ts';

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
    await operate(scene, 'forced', 'stop', { force: true, timeout: '120s' });
  });

  it('deletes a VM by operation, which outlives it', async (t) => {
    const scene = await openScene(t);
    await booted(scene, 'leaves', { running: true });
    await operate(scene, 'leaves', 'delete');
    assert.equal(await scene.k('get', 'vm,pods', '--output=name'), '');
  });
});
