import { describe, it } from 'node:test';
import { informerGuarantees } from './testing/informer-guarantees.ts';
import { InformerStage } from './testing/informer-stage.ts';
import { scratchNamespace } from './testing/scratch-namespace.ts';

describe('an informer on a real API server', () => {
  for (const { name, holds } of informerGuarantees) {
    it(name, async () => {
      await using scratch = await scratchNamespace();
      const { namespace, client } = scratch;
      await using stage = await InformerStage.set({ namespace, connection: client.connection });
      await holds(stage);
    });
  }
});
