import { statfs } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { hasCode } from '../../files/errno.ts';
import { IdleTimeout } from '../idle-timeout.ts';
import type { PartialDownload } from '../partial-download.ts';
import { uploadRange, type UploadRange } from './upload-range.ts';
import type { Answer } from './upload-server.ts';
import type { Receiving } from './receiving.ts';

/** What clients send becomes one file; one client at a time adds to it. */
export class Receiver {
  readonly #partial: PartialDownload;
  readonly #options: Receiving;
  #isBusy = false;

  constructor(partial: PartialDownload, options: Receiving) {
    this.#partial = partial;
    this.#options = options;
  }

  async put(request: IncomingMessage, proceed: () => void): Promise<Answer> {
    const partial = this.#partial;
    if (this.#isBusy) return { status: 409, message: 'Another client is sending the file' };
    if (partial.isWhole) return { status: 409, message: 'The file has come already' };
    const range = uploadRange(request.headers, partial);
    if (range.type === 'refused') return range;
    this.#isBusy = true;
    try {
      return await this.#take(range, request, proceed);
    } finally {
      this.#isBusy = false;
      this.#tell();
    }
  }

  #tell(): void {
    const { isWhole, size } = this.#partial;
    if (!isWhole) this.#options.onAwaiting(size);
  }

  async #take(range: Part, request: IncomingMessage, proceed: () => void): Promise<Answer> {
    const partial = this.#partial;
    const lack = await lackOfRoom(partial, range);
    if (lack) return lack;
    if (range.start === 0) await partial.restart({ url: 'upload', total: range.total });
    proceed();
    try {
      await this.#append(request, range.total);
    } catch (error) {
      if (!hasCode(error, 'ENOSPC') && !hasCode(error, 'EDQUOT')) throw error;
      await partial.restart({ url: 'upload' });
      return { status: 413, message: 'The volume is full: give the VMImage a larger size' };
    }
    if (!partial.isWhole)
      return { status: 202, message: `${partial.size} of ${range.total} bytes have come` };
    await partial.sync();
    return {
      status: 201,
      message: `All ${range.total} bytes have come; the image is prepared from them now`,
    };
  }

  async #append(request: IncomingMessage, total: number): Promise<void> {
    const { idleTimeout, signal, onFirstByte, onProgress } = this.#options;
    const idle = new IdleTimeout(idleTimeout);
    const given = AbortSignal.any([signal, idle.signal]);
    const giveUp = (): void => void request.destroy(new Error('the client sends nothing any more'));
    given.addEventListener('abort', giveUp, { once: true });
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        onFirstByte();
        idle.touch();
        await this.#partial.append(chunk);
        onProgress(this.#partial.size, total);
      }
    } finally {
      given.removeEventListener('abort', giveUp);
      idle.stop();
    }
  }
}

type Part = Extract<UploadRange, { type: 'part' }>;

/** What has come of another file makes room. */
async function lackOfRoom({ path, size }: PartialDownload, { total }: Part): Promise<Answer | undefined> {
  const { bavail, bsize } = await statfs(dirname(path));
  const room = bavail * bsize + size;
  if (total <= room) return undefined;
  const message = `The file has ${total} bytes and its volume room for ${room}: give the VMImage a larger size`;
  return { status: 413, message };
}
