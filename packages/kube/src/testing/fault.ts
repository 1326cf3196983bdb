import type { ServerResponse } from 'node:http';

/** What befalls an answer that has begun: a watch under way, or in place of a coming answer. */
export type StreamFault =
  /** The TCP connection is reset. */
  | { readonly type: 'reset' }
  /** The answer ends in good order, with nothing (more) in it. */
  | { readonly type: 'close' }
  /** Half-open: the connection stands and nothing more ever comes over it. */
  | { readonly type: 'silence' }
  /** The answer ends, in good order for HTTP, in the middle of a JSON document. */
  | { readonly type: 'truncate' }
  | { readonly type: 'garbage' }
  /** A Status in an ERROR event, as the API server tells of a version that is too old. */
  | { readonly type: 'error-event'; readonly code: number; readonly reason: string };

export type Fault =
  | StreamFault
  /** An error instead of the answer. */
  | { readonly type: 'status'; readonly code: number; readonly reason: string; readonly retryAfter?: number }
  /** The request takes effect; its answer never comes. */
  | { readonly type: 'lose-answer' }
  /** The true answer, a few bytes at a time. */
  | { readonly type: 'slow' };

export function strikeStream(response: ServerResponse, fault: StreamFault): void {
  switch (fault.type) {
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'close':
      response.end();
      return;
    case 'silence':
      return;
    case 'truncate':
      response.end('{"type":"MODIFIED","object":{"metada');
      return;
    case 'garbage':
      response.write('<html>Bad Gateway</html>\n');
      return;
    case 'error-event':
      response.end(`${JSON.stringify({ type: 'ERROR', object: failureStatus(fault) })}\n`);
  }
}

export function failureStatus({ code, reason }: { code: number; reason: string }): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason,
    message: `injected: ${reason}`,
  };
}
