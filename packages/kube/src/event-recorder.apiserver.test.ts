import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventRecorder } from './event-recorder.ts';
import { ConfigMaps, Events } from './resources.ts';
import { scratchNamespace } from './testing/scratch-namespace.ts';

describe('an event recorder on a real API server', () => {
  it('is found by the selectors that kubectl uses', async () => {
    await using scratch = await scratchNamespace();
    const { client, namespace } = scratch;
    const recorder = new EventRecorder({ client, component: 'hypersdk.io/test', instance: 'test-0' });
    const object = await client.create(ConfigMaps, { metadata: { name: 'web', namespace } });
    const { uid = '' } = object.metadata;
    for (let i = 0; i < 3; i++) recorder.event(object, 'Warning', 'NoNode', 'no node fits');
    await recorder.flush();

    const selectors = [
      'involvedObject.name=web',
      `involvedObject.uid=${uid}`,
      // kubectl events --for configmap/web
      'involvedObject.kind=ConfigMap,involvedObject.name=web',
      'reason=NoNode,type=Warning,reportingComponent=hypersdk.io/test',
    ];
    for (const fieldSelector of selectors) {
      const { items } = await client.list(Events, { namespace, fieldSelector });
      assert.deepEqual(
        items.map(({ count }) => count),
        [3],
        fieldSelector,
      );
    }
  });
});
