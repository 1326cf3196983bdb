import type { EventLog, EventMark } from './event-log.ts';
import type { EventName, QmpEvent } from './types.ts';
import { wait, type WaitOptions } from './wait.ts';

export interface EventWaitOptions<N extends EventName> extends WaitOptions {
  /** Events before this mark never match; the default is the moment of the call. */
  readonly since?: EventMark | undefined;
  readonly where?: ((event: QmpEvent<N>) => boolean) | undefined;
}

/** The first event of one of these names that matches; rejects with ConnectionClosedError when none can come. */
export function waitForEvent<N extends EventName>(
  log: EventLog,
  names: N | readonly N[],
  { since, where = () => true, ...bounds }: EventWaitOptions<N> = {},
): Promise<QmpEvent<N>> {
  const wanted: readonly EventName[] = [names].flat();
  return wait(`waiting for ${wanted.join(' or ')}`, bounds, (resolve, reject) => {
    const onEvent = (event: QmpEvent): void => {
      try {
        if (!wanted.includes(event.event)) return;
        // The name says which of the union's members it is.
        const candidate = event as QmpEvent<N>;
        if (where(candidate)) resolve(candidate);
      } catch (error) {
        reject(error);
      }
    };
    return log.listen({ onEvent, onClosed: reject }, since);
  });
}
