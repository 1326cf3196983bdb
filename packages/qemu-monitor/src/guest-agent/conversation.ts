import { randomInt } from 'node:crypto';
import { CommandError, ProtocolError } from '../errors.ts';
import { stringifyJson } from '../json.ts';
import { parseMessage, type Message } from '../message.ts';
import { wait, type WaitOptions } from '../wait.ts';
import { AgentDecoder, DELIMITER } from './decoder.ts';

interface Turn {
  /** Takes a line of the agent's, or why it could not be read. */
  readonly hear: (line: string | ProtocolError) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Question and answer with an agent, one at a time: its answers carry no id. After anything that leaves an answer
 * outstanding, a sync comes first, and what arrives before the answer to that is late and dropped
 * (QEMU's guest agent protocol reference, `guest-sync-delimited`).
 */
export class Conversation {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #decoder: AgentDecoder;
  #turn: Turn | undefined;
  #inStep = false;

  constructor(write: (bytes: Uint8Array) => void, maxLength?: number) {
    this.#write = write;
    this.#decoder = new AgentDecoder(maxLength);
  }

  /** Whether the next answer will be that of the next command. */
  get inStep(): boolean {
    return this.#inStep;
  }

  receive(chunk: Uint8Array): void {
    try {
      for (const line of this.#decoder.lines(chunk)) this.#hear(line);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#hear(error);
    }
  }

  /** Whatever waits rejects with `error`. */
  end(error: Error): void {
    this.#inStep = false;
    this.#turn?.fail(error);
  }

  async sync(options: WaitOptions): Promise<void> {
    this.#inStep = false;
    const id = randomInt(1, 2 ** 31);
    await this.#take(
      'guest-sync-delimited',
      (line, resolve) => {
        if (isAnswer(line, id)) resolve(undefined);
      },
      // It makes the agent forget half a request that somebody else has left.
      [DELIMITER, ...Buffer.from(request('guest-sync-delimited', { id }))],
      options,
    );
    this.#inStep = true;
  }

  /** In step until the agent gives no answer, or none that can be read. */
  async ask(command: string, args: object | undefined, options: WaitOptions): Promise<unknown> {
    this.#inStep = false;
    const answer = await this.#take<Message>(
      command,
      (line, resolve, reject) => {
        try {
          resolve(readMessage(line));
        } catch (error) {
          reject(error);
        }
      },
      Buffer.from(request(command, args)),
      options,
    );
    if (answer.type !== 'return' && answer.type !== 'error') {
      throw new ProtocolError(`${command}: the agent sent what only a monitor sends`);
    }
    this.#inStep = true;
    if (answer.type === 'error') throw new CommandError(command, answer.class, answer.desc);
    return answer.value;
  }

  #hear(line: string | ProtocolError): void {
    if (this.#turn) this.#turn.hear(line);
    else this.#inStep = false;
  }

  #take<T>(
    what: string,
    hear: (
      line: string | ProtocolError,
      resolve: (value: T) => void,
      reject: (error: unknown) => void,
    ) => void,
    bytes: ArrayLike<number>,
    options: WaitOptions,
  ): Promise<T> {
    return wait<T>(what, options, (resolve, reject) => {
      this.#turn = {
        hear: (line) => {
          hear(line, resolve, reject);
        },
        fail: reject,
      };
      this.#write(Uint8Array.from(bytes));
      return () => (this.#turn = undefined);
    });
  }
}

function request(command: string, args: object | undefined): string {
  return `${stringifyJson({ execute: command, arguments: args })}\n`;
}

function readMessage(line: string | ProtocolError): Message {
  if (line instanceof ProtocolError) throw line;
  return parseMessage(line);
}

/** An earlier sync's answer has another number; any other line is late, or the half of one. */
function isAnswer(line: string | ProtocolError, id: number): boolean {
  try {
    const message = readMessage(line);
    return message.type === 'return' && message.value === id;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}
