import assert from 'node:assert/strict';
import type { Scene } from './scene.ts';

/** Changes the image of one of the pod's sidecars, as an upgrade does, and waits until the new one is ready. */
export async function upgradeSidecar(scene: Scene, pod: string, name: string): Promise<void> {
  const status = `.status.initContainerStatuses[?(@.name=="${name}")]`;
  const read = (field: string): Promise<string> =>
    scene.k('get', 'pod', pod, `--output=jsonpath={${status}.${field}}`);
  const before = await read('containerID');
  const restarts = Number(await read('restartCount'));
  const image = `hypersdk/launcher:${process.env['RELEASE'] ?? ''}`;
  const patch = { spec: { initContainers: [{ name, image }] } };
  await scene.k('patch', 'pod', pod, '--type=strategic', '--patch', JSON.stringify(patch));
  await scene.waitFor(`jsonpath={${status}.restartCount}=${restarts + 1}`, `pod/${pod}`);
  await scene.waitFor(`jsonpath={${status}.ready}=true`, `pod/${pod}`);
  assert.notEqual(await read('containerID'), before);
}
