import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { ImportSpec } from '@hypersdk/api/machine';
import { ProblemError } from '../problem.ts';
import { portOf } from '../http/server.ts';
import { issue, testAuthority, type Identity } from '../testing/certificates.ts';
import { GoldenVolume } from '../testing/golden-volume.ts';

describe('an import from a server with a certificate of a private authority', () => {
  let volume: GoldenVolume;
  let server: Server;
  let identity: Identity;
  let stranger: Identity;
  before(async () => {
    volume = await GoldenVolume.open();
    identity = await issue(await testAuthority(), 'localhost');
    stranger = await issue(await testAuthority(), 'localhost');
    server = createServer(identity, (_, response) => response.end(volume.images.qcow2)).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await volume.close();
  });
  beforeEach(() => volume.reset());

  const from = (caBundle?: string): Partial<ImportSpec> => ({
    source: { type: 'http', url: `https://localhost:${portOf(server)}/image` },
    ...(caBundle !== undefined && { caBundle }),
  });

  it('believes it by its caBundle, among others in it', async () => {
    await volume.import(from(`# ours\n${stranger.ca}\n\n${identity.ca}`));
    await volume.assertGolden();
  });

  const refusals: [caBundle: () => string | undefined, reason: string, message: RegExp][] = [
    [() => undefined, 'TLSFailed', /from one in the source's caBundle/],
    [() => stranger.ca, 'TLSFailed', /No trusted TLS connection to localhost/],
    [() => 'not a certificate', 'InvalidCABundle', /no whole certificate/],
    [() => identity.ca.replaceAll('M', ''), 'InvalidCABundle', /no list of certificates in PEM/],
  ];
  for (const [caBundle, reason, message] of refusals) {
    it(`refuses it for good by ${reason}: ${message.source}`, async () => {
      const error = await volume.failure(from(caBundle()));
      assert.equal(error.problem.reason, reason);
      assert.match(error.problem.message, message);
      assert.ok(error instanceof ProblemError);
    });
  }
});
