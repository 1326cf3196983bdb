import { LineDecoder } from '../framing.ts';

/** Not a byte of UTF-8. It goes before the answer to `guest-sync-delimited`, and before nothing else. */
export const DELIMITER = 0xff;

/** A guest may send what it likes; the longest honest answer is that of `guest-exec-status`. */
export const DEFAULT_MAX_ANSWER_LENGTH = 4 * 1024 * 1024;

/** Cuts the agent's bytes into lines. What came before a delimiter belongs to an earlier conversation. */
export class AgentDecoder {
  readonly #maxLength: number;
  #lines: LineDecoder;

  /** @param maxLength bytes that a line may have */
  constructor(maxLength: number = DEFAULT_MAX_ANSWER_LENGTH) {
    this.#maxLength = maxLength;
    this.#lines = new LineDecoder(maxLength);
  }

  /** Throws ProtocolError for a line too long or not in UTF-8, and has forgotten it then. */
  *lines(chunk: Uint8Array): Generator<string, void, undefined> {
    const delimiter = chunk.lastIndexOf(DELIMITER);
    if (delimiter >= 0) this.#reset();
    try {
      yield* this.#lines.lines(chunk.subarray(delimiter + 1));
    } catch (error) {
      this.#reset();
      throw error;
    }
  }

  #reset(): void {
    this.#lines = new LineDecoder(this.#maxLength);
  }
}
