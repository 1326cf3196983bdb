import { CommandError, StateError, type ConnectionClosedError } from './errors.ts';
import { EventLog, type EventMark } from './event-log.ts';
import { streamEvents, type EventStreamOptions } from './event-stream.ts';
import { waitForEvent, type EventWaitOptions } from './event-waiter.ts';
import type { Empty, OobCommandName } from './generated/qmp.ts';
import type { Greeting } from './message.ts';
import { Requests, type Request } from './requests.ts';
import { Session, type QmpAddress, type SessionState } from './session.ts';
import type { CommandArguments, CommandName, CommandReturn, EventName, QmpEvent } from './types.ts';
import type { WaitOptions } from './wait.ts';

export type ConnectOptions = QmpAddress &
  WaitOptions & {
    /** Bound of each command that names none of its own, in milliseconds; default 30,000. */
    readonly commandTimeout?: number | undefined;
    /** Longest message taken from the server, in bytes; default 16 MiB. */
    readonly maxLineLength?: number | undefined;
  };

/** The arguments may be left out where QEMU needs none. */
export type ExecuteParameters<C extends CommandName> =
  Empty extends CommandArguments<C>
    ? [args?: CommandArguments<C> | undefined, options?: WaitOptions]
    : [args: CommandArguments<C>, options?: WaitOptions];

/**
 * Connects and negotiates capabilities within `timeout` milliseconds (default 5,000); `signal` and `timeout`
 * end only the connecting. A QMP socket serves one client at a time: while another one is connected,
 * QEMU does not greet and this times out.
 *
 * Rejects with ConnectionClosedError (its `cause` has the system's code), TimeoutError, or the signal's reason.
 */
export async function connectQmp(options: ConnectOptions): Promise<QmpClient> {
  const { timeout = 5_000, signal, commandTimeout = 30_000, maxLineLength } = options;
  const events = new EventLog();
  const closed = Promise.withResolvers<ConnectionClosedError>();
  const requests = new Requests((line) => {
    session.write(line);
  });
  const session = new Session(options, maxLineLength, {
    onNotice: (notice) => {
      if (notice.type === 'event') events.record(notice.event);
      else requests.settle(notice);
    },
    onClosed: (error) => {
      requests.close(error);
      events.close(error);
      closed.resolve(error);
    },
  });
  const greeting = await session.connect({ timeout, signal });
  return new QmpClient({ session, greeting, requests, events, closed: closed.promise, commandTimeout });
}

interface ClientParts {
  readonly session: Session;
  readonly greeting: Greeting;
  readonly requests: Requests;
  readonly events: EventLog;
  readonly closed: Promise<ConnectionClosedError>;
  readonly commandTimeout: number;
}

/** One QMP connection until its end. Made by `connectQmp`; a new connection is a new client. */
export class QmpClient {
  readonly greeting: Greeting;
  /** Resolves with the reason when the connection is gone; never rejects. */
  readonly closed: Promise<ConnectionClosedError>;
  readonly #parts: ClientParts;

  constructor(parts: ClientParts) {
    this.greeting = parts.greeting;
    this.closed = parts.closed;
    this.#parts = parts;
  }

  get state(): SessionState {
    return this.#parts.session.state;
  }

  /**
   * Runs a command and returns its answer. Rejects with CommandError when QEMU refuses it, and with
   * ConnectionClosedError, TimeoutError or the signal's reason when its outcome is not known.
   */
  async execute<C extends CommandName>(
    command: C,
    ...parameters: ExecuteParameters<C>
  ): Promise<CommandReturn<C>> {
    const [args, options] = parameters;
    return this.#call({ command, arguments: args, outOfBand: false }, options);
  }

  /** Like `execute`, past all queued commands, even when QEMU's main loop hangs. */
  async executeOob<C extends OobCommandName>(
    command: C,
    ...parameters: ExecuteParameters<C>
  ): Promise<CommandReturn<C>> {
    const [args, options] = parameters;
    if (!this.#parts.session.outOfBand) throw new StateError('the server takes no command out of band');
    return this.#call({ command, arguments: args, outOfBand: true }, options);
  }

  /** Now, in the stream of events: taken before a command, it keeps a waiter from missing what that causes. */
  mark(): EventMark {
    return this.#parts.events.mark();
  }

  waitForEvent<N extends EventName>(
    names: N | readonly N[],
    options?: EventWaitOptions<N>,
  ): Promise<QmpEvent<N>> {
    return waitForEvent(this.#parts.events, names, options);
  }

  /** Calls `handler` for every event until the returned function is called. */
  onEvent(handler: (event: QmpEvent) => void): () => void {
    const onEvent = (event: QmpEvent): void => {
      try {
        handler(event);
      } catch (error) {
        // The handler's fault must neither break the connection nor go unseen.
        queueMicrotask(() => {
          throw error;
        });
      }
    };
    return this.#parts.events.listen({ onEvent, onClosed: () => undefined });
  }

  events(options: EventStreamOptions = {}): AsyncIterable<QmpEvent> {
    return streamEvents(this.#parts.events, options);
  }

  /** Ends the connection at once; everything under way fails with ConnectionClosedError. */
  close(): void {
    this.#parts.session.close();
  }

  async #call<C extends CommandName>(
    request: Request & { readonly command: C },
    options: WaitOptions = {},
  ): Promise<CommandReturn<C>> {
    const timeout = options.timeout ?? this.#parts.commandTimeout;
    const reply = await this.#parts.requests.send(request, { ...options, timeout });
    // Made here and not where the reply is read, so that its stack shows the caller.
    if (reply.type === 'error') throw new CommandError(request.command, reply.class, reply.desc);
    // QEMU answers by the schema that the types were generated from.
    return reply.value;
  }
}
