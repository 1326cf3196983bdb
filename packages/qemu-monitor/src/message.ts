import { ProtocolError } from './errors.ts';
import { parseJson } from './json.ts';
import type { QmpEvent } from './types.ts';

/** What the server says of itself on connecting; QEMU's `VersionInfo` and its QMP capabilities. */
export interface Greeting {
  readonly version: {
    readonly qemu: { readonly major: number; readonly minor: number; readonly micro: number };
    readonly package: string;
  };
  readonly capabilities: readonly string[];
}

/** The answer to a command. `id` is the request's, absent when QEMU could not read the request at all. */
export type Reply =
  | { readonly type: 'return'; readonly id: unknown; readonly value: unknown }
  | { readonly type: 'error'; readonly id: unknown; readonly class: string; readonly desc: string };

export type Notice = { readonly type: 'event'; readonly event: QmpEvent } | Reply;

export type Message = { readonly type: 'greeting'; readonly greeting: Greeting } | Notice;

/** Reads one line of the server's; throws ProtocolError when it is none of QMP's messages. */
export function parseMessage(line: string): Message {
  const object = parseObject(line);
  if ('event' in object) return { type: 'event', event: eventOf(object, line) };
  if ('return' in object) return { type: 'return', id: object.id, value: object.return };
  if ('error' in object) return { type: 'error', id: object.id, ...errorOf(object.error, line) };
  if ('QMP' in object) return { type: 'greeting', greeting: greetingOf(object.QMP, line) };
  throw notQmp(line);
}

type JsonObject = Readonly<Record<string, unknown>>;

function parseObject(line: string): JsonObject {
  let value: unknown;
  try {
    value = parseJson(line);
  } catch (cause) {
    throw notQmp(line, cause);
  }
  if (!isObject(value)) throw notQmp(line);
  return value;
}

function eventOf({ event, data = {}, timestamp }: JsonObject, line: string): QmpEvent {
  if (typeof event !== 'string' || !isObject(data) || !isObject(timestamp)) throw notQmp(line);
  // QEMU builds an event's data from the schema that the type was generated from.
  return { event, data, timestamp } as unknown as QmpEvent;
}

function errorOf(error: unknown, line: string): { class: string; desc: string } {
  if (!isObject(error) || typeof error.class !== 'string' || typeof error.desc !== 'string') {
    throw notQmp(line);
  }
  return { class: error.class, desc: error.desc };
}

function greetingOf(value: unknown, line: string): Greeting {
  if (!isObject(value) || !isObject(value.version) || !Array.isArray(value.capabilities)) throw notQmp(line);
  const { qemu, package: packaged } = value.version;
  if (!isObject(qemu) || typeof qemu.major !== 'number' || typeof packaged !== 'string') throw notQmp(line);
  // The members that tell a greeting from anything else were just looked at.
  return value as unknown as Greeting;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notQmp(line: string, cause?: unknown): ProtocolError {
  const start = line.length > 200 ? `${line.slice(0, 200)}...` : line;
  return new ProtocolError(`not a QMP message: ${start}`, { cause });
}
