import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { growFileSystems } from './grow-file-systems.ts';

const disk = { serial: 'data', size: 1024 ** 3 };
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** An agent that answers `guest-exec-status` by these, one after the other. */
function agentThat(...statuses: object[]) {
  const asked: { command: string; args: object | undefined }[] = [];
  const execute = (command: string, args?: object): Promise<unknown> => {
    asked.push({ command, args });
    return Promise.resolve(command === 'guest-exec' ? { pid: 7 } : statuses.shift());
  };
  return { asked, execute };
}

describe('growFileSystems', () => {
  const { signal } = new AbortController();

  it('tells the guest which disk has grown, and waits until it is done', async () => {
    const agent = agentThat({ exited: false }, { exited: true, exitcode: 0 });
    await growFileSystems(agent, disk, signal);
    assert.deepEqual(
      agent.asked.map(({ command }) => command),
      ['guest-exec', 'guest-exec-status', 'guest-exec-status'],
    );
    const { path, arg } = agent.asked[0]?.args as { path: string; arg: string[] }; // as it was built
    assert.deepEqual([path, arg.at(-2), arg.at(-1)], ['/bin/sh', 'data', '2097152']);
    assert.deepEqual(agent.asked[1]?.args, { pid: 7 });
  });

  it('says what the guest says when it could not', async () => {
    const agent = agentThat({ exited: true, exitcode: 1, 'err-data': base64('resize2fs: no room') });
    await assert.rejects(growFileSystems(agent, disk, signal), /resize2fs: no room/);
  });

  it('takes no more of what a guest says than one can read', async () => {
    const agent = agentThat({ exited: true, exitcode: 1, 'err-data': base64('x'.repeat(100_000)) });
    await assert.rejects(growFileSystems(agent, disk, signal), ({ message }: Error) => message.length < 600);
  });

  it('does not believe an agent that talks nonsense', async () => {
    await assert.rejects(growFileSystems(agentThat({ exited: 'perhaps' }), disk, signal));
  });
});
