import type { TestContext } from 'node:test';
import { connectQmp, type ConnectOptions, type QmpClient } from '../client.ts';
import { startFakeServer, type FakeConnection, type FakeScript, type FakeServer } from './fake-server.ts';

type Limits = Pick<ConnectOptions, 'commandTimeout' | 'maxLineLength'>;

/** A client of a fake server; both are gone when the test is over. */
export async function connectFake(
  test: TestContext,
  script?: FakeScript,
  limits?: Limits,
): Promise<{ qmp: QmpClient; server: FakeServer; connection: FakeConnection }> {
  const server = await startFakeServer(script);
  test.after(server.close);
  const qmp = await connectQmp({ path: server.path, ...limits });
  test.after(() => {
    qmp.close();
  });
  return { qmp, server, connection: await server.connected };
}
