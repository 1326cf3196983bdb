/** Base of every error that this package makes. Aborted calls reject with the signal's own reason instead. */
export class QmpError extends Error {
  override readonly name: string = 'QmpError';
}

/** QEMU refused a command. `class` is QMP's error class; `desc` is for people and must not be parsed. */
export class CommandError extends QmpError {
  override readonly name = 'CommandError';
  readonly command: string;
  readonly class: string;
  readonly desc: string;

  constructor(command: string, errorClass: string, desc: string) {
    super(`${command}: ${desc} (${errorClass})`);
    this.command = command;
    this.class = errorClass;
    this.desc = desc;
  }
}

/**
 * Who ended the connection: `client` by `close()`, `server` by hanging up (QEMU quit or was killed),
 * `protocol` because the server sent something that is not QMP, `socket` because the transport failed.
 */
export type CloseReason = 'client' | 'server' | 'protocol' | 'socket';

/** The connection is gone. A command that was under way may or may not have taken effect. */
export class ConnectionClosedError extends QmpError {
  override readonly name = 'ConnectionClosedError';
  readonly reason: CloseReason;

  constructor(reason: CloseReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** No answer within `timeout` milliseconds. A command may still take effect: QMP cannot take one back. */
export class TimeoutError extends QmpError {
  override readonly name = 'TimeoutError';
  readonly timeout: number;

  constructor(what: string, timeout: number) {
    super(`${what} took longer than ${timeout} ms`);
    this.timeout = timeout;
  }
}

/** The server sent something that is not QMP; the connection is closed. */
export class ProtocolError extends QmpError {
  override readonly name = 'ProtocolError';
}

/** The call does not fit the client's state: a programming error, not a fault of QEMU's. */
export class StateError extends QmpError {
  override readonly name = 'StateError';
}

/** A background job of QEMU's failed, was cancelled, or is not known. */
export class JobError extends QmpError {
  override readonly name = 'JobError';
  readonly id: string;

  constructor(id: string, desc: string) {
    super(`job ${id}: ${desc}`);
    this.id = id;
  }
}
