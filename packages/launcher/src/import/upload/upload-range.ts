/** What a request adds to an upload. Pure. */
import type { IncomingHttpHeaders } from 'node:http';

/** What has come so far, and bytes of the whole that it is the beginning of. */
export interface Received {
  readonly size: number;
  readonly total: number | undefined;
}

export type UploadRange =
  /** Bytes; `end` is after the last. From 0 is always anew. */
  | { readonly type: 'part'; readonly start: number; readonly end: number; readonly total: number }
  | { readonly type: 'refused'; readonly status: number; readonly message: string };

export function uploadRange(headers: IncomingHttpHeaders, received: Received): UploadRange {
  const length = headers['content-length'];
  if (length === undefined || !/^\d+$/.test(length)) {
    return refused(411, 'Say by Content-Length how much is sent: that there is room is looked at before');
  }
  if (Number(length) === 0) return refused(400, 'There is nothing in the request');
  const whole = { type: 'part', start: 0, end: Number(length), total: Number(length) } as const;
  const range = headers['content-range'];
  return range === undefined ? whole : partOf(range, Number(length), received);
}

/** RFC 9110, 14.4. */
function partOf(range: string, length: number, { size, total: before }: Received): UploadRange {
  const found = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(range)?.slice(1).map(Number);
  if (!found) return refused(400, `Content-Range is "bytes FIRST-LAST/TOTAL", not "${range}"`);
  const [start = 0, last = 0, total = 0] = found;
  if (last < start || last >= total) return refused(416, `${range} is no part of a file`);
  if (last + 1 - start !== length)
    return refused(400, `${range} is not the ${length} bytes of Content-Length`);
  if (start !== 0 && start !== size) return refused(416, `The next byte is number ${size}`);
  if (start !== 0 && total !== before) {
    return refused(416, `What has come is of ${before ?? 0} bytes: begin another file at 0`);
  }
  return { type: 'part', start, end: last + 1, total };
}

const refused = (status: number, message: string): UploadRange => ({ type: 'refused', status, message });
