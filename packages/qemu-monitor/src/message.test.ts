import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProtocolError } from './errors.ts';
import { parseMessage } from './message.ts';

const timestamp = { seconds: 1258551470, microseconds: 802384 };
const version = { qemu: { micro: 0, minor: 0, major: 10 }, package: 'v10.0.0' };

describe('parseMessage', () => {
  const good = [
    {
      title: 'a greeting',
      line: { QMP: { version, capabilities: ['oob'] } },
      message: { type: 'greeting', greeting: { version, capabilities: ['oob'] } },
    },
    { title: 'a success', line: { return: [1], id: 7 }, message: { type: 'return', id: 7, value: [1] } },
    {
      title: 'an error that QEMU cannot attribute',
      line: { error: { class: 'GenericError', desc: 'JSON parse error' } },
      message: { type: 'error', id: undefined, class: 'GenericError', desc: 'JSON parse error' },
    },
    {
      title: 'an event without data',
      line: { timestamp, event: 'POWERDOWN' },
      message: { type: 'event', event: { event: 'POWERDOWN', data: {}, timestamp } },
    },
  ];
  for (const { title, line, message } of good) {
    it(`reads ${title}`, () => {
      assert.deepEqual(parseMessage(JSON.stringify(line)), message);
    });
  }

  const bad = [
    '{"return": ',
    '[]',
    'null',
    '7',
    '{}',
    '{"event":1,"timestamp":{}}',
    '{"event":"STOP"}',
    '{"event":"STOP","timestamp":{},"data":[]}',
    '{"error":"no"}',
    '{"error":{"class":"GenericError"}}',
    '{"QMP":{"version":{},"capabilities":[]}}',
    '{"QMP":{"version":{"qemu":{"major":10},"package":""}}}',
  ];
  for (const line of bad) {
    it(`refuses ${line}`, () => {
      assert.throws(() => parseMessage(line), ProtocolError);
    });
  }

  it('shows only the beginning of a long message that it refuses', () => {
    assert.throws(
      () => parseMessage('x'.repeat(1_000_000)),
      ({ message }: Error) => message.length < 300,
    );
  });
});
