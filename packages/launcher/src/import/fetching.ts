import type { Send } from './http-client.ts';
import type { Downloading } from './verified-download.ts';
import type { Receiving } from './upload/receiving.ts';

export interface Fetched {
  /** The plain image file, of whatever format. */
  readonly path: string;
  /** False for a file of somebody else's, which is only read. */
  readonly isOurs: boolean;
  readonly downloaded: number;
  /** `sha256:...` of the file that the source names. */
  readonly checksum: string | undefined;
}

export interface Fetching extends Downloading, Receiving {
  readonly onUnpacking: (bytes: number) => void;
  readonly send: Send;
  /** Directory of the source's Secret. */
  readonly credentials: string;
}
