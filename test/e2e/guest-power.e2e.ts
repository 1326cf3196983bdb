/**
 * Guarantee: whatever a guest does to itself is seen, said in phase, condition and event, and answered as its run
 * strategy wants.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crashContainer } from '../cluster/crash.ts';
import { containerIn } from './stage/container.ts';
import { eventOf } from './stage/events.ts';
import { consoleLine } from './stage/guest-console.ts';
import { typeCommand } from './stage/guest-keyboard.ts';
import { booted, operate, phase, ready, reason } from './stage/power.ts';
import { getVm, openScene } from './stage/scene.ts';

/** Only a cluster that this project made has processes that we may kill. */
const instance = process.env['HYPERSDK_INSTANCE'];

describe("a guest's own power", () => {
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

  it('leaves a guest Failed whose QEMU has failed too often, and starts it no more in that pod', async (t) => {
    const scene = await openScene(t);
    const highAvailability = { enabled: true, restartPolicy: 'OnFailure', maxRestarts: 0 } as const;
    const pod = await booted(scene, 'enough', { running: true, highAvailability });
    if (instance === undefined) await typeCommand(scene, pod, 'panic');
    else await crashContainer(await containerIn(scene, pod, 'qemu'));
    await scene.waitFor(reason('RestartLimit'), 'vm/enough');
    assert.equal((await getVm(scene, 'enough')).status?.phase, 'Failed');
    await scene.waitFor(phase('Succeeded'), `pod/${pod}`);
    await scene.waitFor('condition=Stalled', 'vm/enough');
  });
});
