import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uploadRange, type Received } from './upload-range.ts';

const nothing: Received = { size: 0, total: undefined };
const begun: Received = { size: 40, total: 100 };

describe('what a request adds to an upload', () => {
  const parts: [
    when: string,
    received: Received,
    range: string | undefined,
    length: string,
    start: number,
    total: number,
  ][] = [
    ['is a whole file', nothing, undefined, '100', 0, 100],
    ['is a whole file anew where another has begun', begun, undefined, '7', 0, 7],
    ['is the rest', begun, 'bytes 40-99/100', '60', 40, 100],
    ['is a part of the rest', begun, 'bytes 40-49/100', '10', 40, 100],
    ['is the first part of another', begun, 'bytes 0-9/50', '10', 0, 50],
  ];
  for (const [when, received, range, length, start, total] of parts) {
    it(when, () => {
      const headers = { 'content-length': length, ...(range !== undefined && { 'content-range': range }) };
      const end = start + Number(length);
      assert.deepEqual(uploadRange(headers, received), { type: 'part', start, end, total });
    });
  }

  const refusals: [what: string, headers: Record<string, string>, status: number, message: RegExp][] = [
    ['of unknown length', { 'transfer-encoding': 'chunked' }, 411, /Content-Length/],
    ['without a byte', { 'content-length': '0' }, 400, /nothing/],
    ['that leaves a gap', { 'content-range': 'bytes 41-99/100', 'content-length': '59' }, 416, /number 40/],
    ['that repeats', { 'content-range': 'bytes 39-99/100', 'content-length': '61' }, 416, /number 40/],
    ['of another file', { 'content-range': 'bytes 40-49/50', 'content-length': '10' }, 416, /of 100 bytes/],
    ['backwards', { 'content-range': 'bytes 40-39/100', 'content-length': '1' }, 416, /no part/],
    ['beyond the end', { 'content-range': 'bytes 40-100/100', 'content-length': '61' }, 416, /no part/],
    ['of an unknown whole', { 'content-range': 'bytes 40-99/*', 'content-length': '60' }, 400, /FIRST-LAST/],
    ['of two lengths', { 'content-range': 'bytes 40-99/100', 'content-length': '59' }, 400, /the 59 bytes/],
  ];
  for (const [what, headers, status, message] of refusals) {
    it(`is refused ${what}`, () => {
      const range = uploadRange(headers, begun);
      assert.equal(range.type, 'refused');
      assert.equal(range.status, status);
      assert.match(range.message, message);
    });
  }
});
