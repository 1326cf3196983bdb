import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Client } from './client.ts';
import { runWithLeaderElection } from './leader-election.ts';
import { Candidates } from './testing/candidates.ts';
import { startFakeApiServer } from './testing/fake-api-server.ts';
import { leaderElectionGuarantees } from './testing/leader-election-guarantees.ts';

describe('leader election on a fake API server', { concurrency: true }, () => {
  for (const { name, holds } of leaderElectionGuarantees) {
    it(name, async () => {
      await using server = await startFakeApiServer();
      await using candidates = new Candidates({ connection: server.connection, namespace: 'test' });
      await holds(candidates);
    });
  }

  it('refuses a renew deadline that outlives the lease', async () => {
    await using server = await startFakeApiServer();
    const running = runWithLeaderElection({
      client: new Client(server.connection, { userAgent: 'test' }),
      namespace: 'test',
      name: 'lock',
      identity: 'a',
      leaseDuration: 10_000,
      renewDeadline: 15_000,
      signal: AbortSignal.abort(),
      lead: () => Promise.resolve(),
    });
    await assert.rejects(running, RangeError);
  });
});
