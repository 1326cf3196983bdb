import { describe, it } from 'node:test';
import { Candidates } from './testing/candidates.ts';
import { leaderElectionGuarantees } from './testing/leader-election-guarantees.ts';
import { scratchNamespace } from './testing/scratch-namespace.ts';

describe('leader election on a real API server', { concurrency: true }, () => {
  for (const { name, holds } of leaderElectionGuarantees) {
    it(name, async () => {
      await using scratch = await scratchNamespace();
      const { namespace, client } = scratch;
      await using candidates = new Candidates({ connection: client.connection, namespace });
      await holds(candidates);
    });
  }
});
