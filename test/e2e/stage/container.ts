import assert from 'node:assert/strict';
import type { Scene } from './scene.ts';

/** The runtime's id of a container that runs in the pod. */
export function containerIn(scene: Scene, pod: string, name: string): Promise<string> {
  const path = `{.status.containerStatuses[?(@.name=="${name}")].containerID}`;
  return scene.k('get', 'pod', pod, `--output=jsonpath=${path}`);
}

/** Changes the image of a container beside QEMU's, as an upgrade does, and waits until the new one is ready. */
export async function upgradeContainer(scene: Scene, pod: string, name: string): Promise<void> {
  const status = `.status.containerStatuses[?(@.name=="${name}")]`;
  const read = (field: string): Promise<string> =>
    scene.k('get', 'pod', pod, `--output=jsonpath={${status}.${field}}`);
  const before = await read('containerID');
  const restarts = Number(await read('restartCount'));
  const image = `hypersdk/launcher:${process.env['RELEASE'] ?? ''}`;
  const patch = { spec: { containers: [{ name, image }] } };
  await scene.k('patch', 'pod', pod, '--type=strategic', '--patch', JSON.stringify(patch));
  await scene.waitFor(`jsonpath={${status}.restartCount}=${restarts + 1}`, `pod/${pod}`);
  await scene.waitFor(`jsonpath={${status}.ready}=true`, `pod/${pod}`);
  assert.notEqual(await read('containerID'), before);
}
