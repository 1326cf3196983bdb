import type { Downloading } from '../verified-download.ts';
import type { UploadPlace } from './upload-server.ts';

export interface Receiving extends Pick<Downloading, 'signal' | 'onProgress' | 'idleTimeout'> {
  readonly upload: UploadPlace;
  /** Directory with the `token` of those who may upload. */
  readonly credentials: string;
  /** Bytes that have come; nobody is sending. */
  readonly onAwaiting: (received: number) => void;
  /** What an earlier attempt has received is read again. */
  readonly onVerifying: (received: number) => void;
  readonly onFirstByte: () => void;
}
