/**
 * Guarantee: a guest with UEFI, Secure Boot and a TPM starts what is signed, and finds its variables and its TPM again
 * after a stop; they go with the VM. A clone that is to be the same machine has them from it.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VMOperationManifest } from '@hypersdk/api';
import { consoleLine } from './stage/guest-console.ts';
import { typeCommand } from './stage/guest-keyboard.ts';
import { operationOn, tinyTemplate, tinyVm } from './stage/manifests.ts';
import { getVm, openScene, type Scene } from './stage/scene.ts';

async function firmware(scene: Scene, pod: string): Promise<string> {
  await consoleLine(scene, pod, /^tick 1 /);
  const said = consoleLine(scene, pod, /^FIRMWARE \w+ SECURE-BOOT \w+ VARIABLE \w+ TPM \w+/);
  await typeCommand(scene, pod, 'firmware');
  return (await said).trim();
}

type Operated = VMOperationManifest['spec'];

async function operate(
  scene: Scene,
  operation: Operated['operation'],
  cloneSpec?: Operated['cloneSpec'],
): Promise<void> {
  const { spec, ...manifest } = operationOn('sealed', operation);
  await scene.apply({ ...manifest, spec: { ...spec, ...(cloneSpec && { cloneSpec }) } });
  await scene.waitFor('jsonpath={.status.phase}=Succeeded', `vmop/sealed-${operation}`, 240);
}

describe('firmware', () => {
  it('keeps its variables and its TPM over stop and start, and deletes them with the VM', async (t) => {
    const scene = await openScene(t);
    const uefi = { bootloader: 'uefi', secureBoot: true, tpm: true } as const;
    await scene.apply(
      tinyTemplate(),
      tinyVm('sealed', { firmware: uefi, terminationGracePeriodSeconds: 10 }),
    );
    await scene.waitFor('condition=Running', 'vm/sealed');
    const first = await firmware(scene, 'sealed-1');
    assert.match(first, /^FIRMWARE uefi SECURE-BOOT on VARIABLE none TPM [0-9a-f]{16}$/);
    await typeCommand(scene, 'sealed-1', 'remember something');
    await consoleLine(scene, 'sealed-1', /^REMEMBERED something/);
    assert.equal((await getVm(scene, 'sealed')).status?.firmware?.pvc, 'sealed.firmware');

    await operate(scene, 'stop');
    await operate(scene, 'clone', { targetName: 'heir', identity: 'keep', startAfterClone: true });
    await operate(scene, 'start');
    const remembered = first.replace('none', 'something');
    assert.equal(await firmware(scene, 'sealed-2'), remembered);
    assert.equal(await firmware(scene, 'heir-1'), remembered);
    assert.equal((await getVm(scene, 'heir')).status?.firmware?.pvc, 'heir.firmware');

    await scene.k('patch', 'vm', 'sealed', '--type=merge', '--patch', '{"spec":{"firmware":{"tpm":false}}}');
    await scene.waitFor('condition=RestartRequired', 'vm/sealed');
    const { status } = await getVm(scene, 'sealed');
    assert.deepEqual(status?.restartAwaitingChanges, [
      { field: 'firmware.tpm', now: 'true', wanted: 'false' },
    ]);
    await scene.k('delete', 'vm', 'sealed');
    await scene.k('wait', '--for=delete', 'pvc/sealed.firmware', '--timeout=60s');
  });
});
