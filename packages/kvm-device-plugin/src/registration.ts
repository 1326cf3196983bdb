import { Client, credentials } from '@grpc/grpc-js';
import { stat } from 'node:fs/promises';
import { API_VERSION, Registration, type RegisterRequest } from './device-plugin-api.ts';
import { RESOURCE } from './kvm.ts';

/** Milliseconds. The kubelet connects to the plugin before it answers, and gives itself ten seconds for that. */
const TIMEOUT = 15_000;

/** Tells the kubelet of the plugin's socket, which is to be served already. */
export async function register(kubeletSocket: string, endpoint: string): Promise<void> {
  const client = new Client(`unix:${kubeletSocket}`, credentials.createInsecure());
  const method = Registration['Register'];
  if (!method) throw new Error('the API has no Register');
  const { path, requestSerialize, responseDeserialize } = method;
  const request: RegisterRequest = { version: API_VERSION, endpoint, resourceName: RESOURCE };
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const options = { deadline: Date.now() + TIMEOUT };
  client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, options, (error) => {
    if (error) reject(new Error(`registering with ${kubeletSocket} failed`, { cause: error }));
    else resolve(undefined);
  });
  try {
    await promise;
  } finally {
    client.close();
  }
}

/** Another one for each time that the socket is made; undefined while there is none. */
export async function socketIdentity(path: string): Promise<string | undefined> {
  try {
    const { ino, birthtimeMs, ctimeMs } = await stat(path);
    return `${ino} ${birthtimeMs} ${ctimeMs}`;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
