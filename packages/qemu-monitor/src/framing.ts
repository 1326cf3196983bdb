import { ProtocolError } from './errors.ts';

const NEWLINE = 0x0a;

/** libvirt refuses a message over 10 MiB; `query-qmp-schema`, the longest one, has about 0.25 MiB. */
export const DEFAULT_MAX_LINE_LENGTH = 16 * 1024 * 1024;

/** Cuts a byte stream into lines, however the transport has split it. */
export class LineDecoder {
  readonly #maxLength: number;
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true });
  #parts: Uint8Array[] = [];
  #length = 0;

  /** @param maxLength bytes that a line may have without its line feed */
  constructor(maxLength: number = DEFAULT_MAX_LINE_LENGTH) {
    this.#maxLength = maxLength;
  }

  /**
   * The lines that `chunk` completes, without blank ones and without line ends.
   * Throws ProtocolError, after the good lines before it, for a line too long or not in UTF-8.
   */
  *lines(chunk: Uint8Array): Generator<string, void, undefined> {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end));
      start = end + 1;
      const line = this.#take().trim();
      if (line !== '') yield line;
    }
    this.#keep(chunk.subarray(start));
  }

  #keep(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length > this.#maxLength) {
      throw new ProtocolError(`a message is longer than ${this.#maxLength} bytes`);
    }
    if (part.length > 0) this.#parts.push(part);
  }

  /** Decodes only whole lines, so that a character split between chunks is never seen half. */
  #take(): string {
    const bytes = Buffer.concat(this.#parts, this.#length);
    this.#parts = [];
    this.#length = 0;
    try {
      return this.#utf8.decode(bytes);
    } catch (cause) {
      throw new ProtocolError('a message is not in UTF-8', { cause });
    }
  }
}
