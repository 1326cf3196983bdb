import { Readable } from 'node:stream';
import { StateError } from './errors.ts';
import type { EventLog, EventMark } from './event-log.ts';
import type { QmpEvent } from './types.ts';

export interface EventStreamOptions {
  /** The stream starts with the events after this mark; the default is the moment of the call. */
  readonly since?: EventMark | undefined;
  readonly signal?: AbortSignal | undefined;
}

const QUEUE_LIMIT = 16_384;

/**
 * Every event from now on, in a queue of its own. Ends when the connection does; throws an AbortError when
 * aborted, and StateError when the reader is so far behind that events would be lost.
 */
export function streamEvents(log: EventLog, { since, signal }: EventStreamOptions): AsyncIterable<QmpEvent> {
  const stream = new Readable({ objectMode: true, read: () => undefined, ...(signal && { signal }) });
  // The reader learns of an error from its iterator, which may not have begun yet.
  stream.on('error', () => undefined);
  const onEvent = (event: QmpEvent): void => {
    if (stream.readableLength < QUEUE_LIMIT) stream.push(event);
    else stream.destroy(new StateError(`the reader of events is ${QUEUE_LIMIT} behind`));
  };
  const stop = log.listen({ onEvent, onClosed: () => stream.push(null) }, since);
  stream.on('close', stop);
  return stream;
}
