import type { Socket } from 'node:net';
import type { ImportSpec } from '@hypersdk/api/machine';
import { ProblemError } from '../../problem.ts';
import { PartialDownload } from '../partial-download.ts';
import type { Downloaded } from '../verified-download.ts';
import { Receiver } from './receiver.ts';
import { startUploadServer } from './upload-server.ts';
import type { Receiving } from './receiving.ts';

/** Waits until a client has sent the file, going on with what an earlier importer has received. Throws ProblemError. */
export async function receiveUpload(spec: ImportSpec, options: Receiving): Promise<Downloaded> {
  const { type: algorithm = 'sha256', value } = spec.checksum ?? {};
  options.onVerifying(0);
  const partial = await PartialDownload.open(spec.directory, algorithm);
  try {
    if (!partial.isWhole) await untilWhole(partial, options);
    const { path, size, digest } = partial;
    if (value === undefined || digest === value.toLowerCase()) {
      return { path, size, checksum: `${algorithm}:${digest}` };
    }
    const message = `What was uploaded has ${algorithm}:${digest} and not ${algorithm}:${value}: correct the checksum, or upload the right file.`;
    throw new ProblemError({ reason: 'ChecksumMismatch', message });
  } finally {
    await partial.close();
  }
}

async function untilWhole(partial: PartialDownload, options: Receiving): Promise<void> {
  const { signal, credentials, upload } = options;
  const { promise: whole, resolve, reject } = Promise.withResolvers<undefined>();
  const stop = (): void => {
    reject(signal.reason instanceof Error ? signal.reason : new Error('the upload was given up'));
  };
  signal.addEventListener('abort', stop, { once: true });
  const receiver = new Receiver(partial, options);
  const server = await startUploadServer({
    ...{ ...upload, credentials, offset: () => partial.size },
    put: async (request, proceed) => {
      const answer = await receiver.put(request, proceed);
      // Once the client knows.
      if (partial.isWhole) {
        onceClosed(request.socket, () => {
          resolve(undefined);
        });
      }
      return answer;
    },
  });
  try {
    options.onAwaiting(partial.size);
    signal.throwIfAborted();
    await whole;
  } finally {
    signal.removeEventListener('abort', stop);
    server.close();
    server.closeAllConnections();
  }
}

function onceClosed(socket: Socket, closed: () => void): void {
  if (socket.destroyed) closed();
  else socket.once('close', closed);
}
