import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { InstanceBusyError, lockInstance } from './lock.ts';

const name = `lock-test-${process.pid}`;

describe('the lock of an instance', () => {
  it('keeps a second run away and names the first', async () => {
    await using _ = await lockInstance(name);
    await assert.rejects(lockInstance(name), (error) => {
      assert.ok(error instanceof InstanceBusyError);
      assert.match(error.message, new RegExp(`Process ${process.pid} `));
      return true;
    });
  });

  it('lets the next run in after the first', async () => {
    {
      await using _ = await lockInstance(name);
    }
    await using _ = await lockInstance(name);
  });

  it('lets another instance through', async () => {
    await using _ = await lockInstance(name);
    await using other = await lockInstance(`${name}-other`);
    assert.ok(other);
  });

  it('ends with a run that is killed', async () => {
    const module = join(import.meta.dirname, 'lock.ts');
    const script = `const { lockInstance } = await import(${JSON.stringify(module)});
      await lockInstance(${JSON.stringify(name)}); process.send('locked'); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    await once(holder, 'message');
    await assert.rejects(lockInstance(name), InstanceBusyError);
    const exit = once(holder, 'exit');
    holder.kill('SIGKILL');
    await exit;
    await using _ = await lockInstance(name);
  });
});
