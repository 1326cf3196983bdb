import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GuestAgent } from 'qemu-monitor';
import { TransientError } from '../problem.ts';
import { renewGuest } from './renew-guest.ts';

const identity = { hostname: 'twin', machineId: '9a1c3c5128b34d2b8d063c9a7d8f2b11' };
const signal = AbortSignal.timeout(10_000);

/** Runs whatever it is asked to, which ends so. */
function agentWith(exitcode: number, said = '') {
  const asked: unknown[] = [];
  const execute: GuestAgent['execute'] = (command, options) => {
    if (command === 'guest-exec') asked.push(options);
    const status = { exited: true, exitcode, 'err-data': Buffer.from(said).toString('base64') };
    return Promise.resolve(command === 'guest-exec' ? { pid: 1 } : status);
  };
  return { asked, execute };
}

describe('the guest of a clone', () => {
  it('is given hostname, machine-id and random bytes that no other is given', async () => {
    const agent = agentWith(0);
    await renewGuest(agent, identity, signal);
    await renewGuest(agent, identity, signal);
    const parameters = agent.asked.map((options) => (options as { arg: string[] }).arg.slice(3)); // as above
    for (const given of parameters) assert.deepEqual(given.slice(0, 2), Object.values(identity));
    assert.notEqual(parameters[0]?.[2], parameters[1]?.[2]);
  });

  it('is asked again where it could not, and what it said is told', async () => {
    await assert.rejects(renewGuest(agentWith(1, 'read-only file system'), identity, signal), (error) => {
      assert.ok(error instanceof TransientError);
      assert.equal(error.problem.reason, 'IdentityNotRenewed');
      assert.match(error.message, /read-only file system/);
      return true;
    });
  });
});
