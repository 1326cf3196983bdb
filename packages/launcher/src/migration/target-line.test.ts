import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hostOf, TargetLine } from './target-line.ts';

const caller = { id: 'a', host: '10.0.0.8' };
const never = new AbortController().signal;

it('a target on the line is known, and hears when its guest is handed over', async () => {
  let calls = 0;
  const line = new TargetLine(() => calls++);
  const heard = line.hold(caller, never);
  assert.deepEqual([line.caller, calls], [caller, 1]);
  line.handOver('b');
  assert.deepEqual(line.caller, caller);
  line.handOver('a');
  await heard;
  assert.equal(line.caller, undefined);
});

it('a target that hangs up is not known any more, and the one that calls after it is', async () => {
  const line = new TargetLine(() => undefined);
  const connection = new AbortController();
  const first = line.hold(caller, connection.signal);
  const other = { ...caller, host: '10.0.0.9' };
  const second = line.hold(other, never);
  connection.abort();
  await assert.rejects(first, /hung up/);
  assert.deepEqual(line.caller, other);
  line.handOver('a');
  await second;
});

for (const [remoteAddress, host] of [
  ['::ffff:10.0.0.8', '10.0.0.8'],
  ['10.0.0.8', '10.0.0.8'],
  ['fd00::8', 'fd00::8'],
] as const) {
  it(`a call from ${remoteAddress} is answered at ${host}`, () => {
    assert.equal(hostOf({ socket: { remoteAddress } } as never), host);
  });
}
