import { createConnection, createServer } from 'node:net';
import type { Server } from 'node:net';

/** Another run works on this instance. */
export class InstanceBusyError extends Error {
  override readonly name = 'InstanceBusyError';
}

/**
 * Keeps other runs away from an instance until disposed of or until this process ends. A listening socket in
 * Linux's abstract namespace: the kernel drops it with its process, so a killed run leaves no stale lock.
 */
export async function lockInstance(name: string): Promise<AsyncDisposable> {
  const address = `\0hypersdk-cluster-${name}`;
  const server = createServer((socket) => socket.on('error', () => undefined).end(String(process.pid)));
  try {
    await listen(server, address);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new InstanceBusyError(
      `Process ${await holder(address)} is at work on instance "${name}"; wait for it, or take another one by --instance`,
      { cause: error },
    );
  }
  server.unref();
  return {
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, resolve);
  });
}

function holder(address: string): Promise<string> {
  return new Promise((resolve) => {
    let pid = '';
    const socket = createConnection(address);
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('data', (data) => (pid += String(data)));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(pid || '(unknown)');
    });
  });
}
