import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, connect } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { it } from 'node:test';
import { issue, newAuthority } from './authority.ts';

const validity = { from: new Date(), until: new Date(Date.now() + 3_600_000) };

async function handshake(options: { name: string; foreign?: boolean }): Promise<string> {
  const authority = await newAuthority(validity);
  const server = await issue(authority, 'vm-1.default.launcher', validity);
  const foreign = options.foreign === true ? await newAuthority(validity) : authority;
  const client = await issue(foreign, 'hypersdk-operator', validity);
  const listener = createServer({
    key: server.privateKey,
    cert: server.certificate,
    ca: authority.certificate,
    requestCert: true,
  });
  listener.on('secureConnection', (socket) => {
    socket.end(String(socket.getPeerCertificate().subject.CN));
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const socket = connect({
    host: '127.0.0.1',
    port: (listener.address() as AddressInfo).port,
    servername: options.name,
    key: client.privateKey,
    cert: client.certificate,
    ca: authority.certificate,
  });
  try {
    const chunks = (await socket.toArray()) as Buffer[]; // no encoding is set
    if (chunks.length === 0) throw new Error('the server closed the connection');
    return Buffer.concat(chunks).toString();
  } finally {
    socket.destroy();
    listener.close();
  }
}

it('lets the operator and a launcher recognise each other', async () => {
  assert.equal(await handshake({ name: 'vm-1.default.launcher' }), 'hypersdk-operator');
});

it('refuses a launcher of another name', async () => {
  await assert.rejects(handshake({ name: 'vm-2.default.launcher' }), {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
});

it('refuses a client that another authority signed', async () => {
  await assert.rejects(handshake({ name: 'vm-1.default.launcher', foreign: true }));
});
