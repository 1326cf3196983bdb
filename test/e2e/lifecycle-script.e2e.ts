/** Guarantee: deploy/test-vm-lifecycle.sh, which users run against their own cluster, passes and cleans up. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { execa } from 'execa';

it('takes a VM through its life', async () => {
  const script = join(import.meta.dirname, '../../deploy/test-vm-lifecycle.sh');
  const env = { MEMORY: '256Mi', DISK_SIZE: '256Mi', CONSOLE_TEXT: 'GUEST-UP' };
  const { all, exitCode } = await execa(script, { env, all: true, reject: false, timeout: 300_000 });
  assert.equal(exitCode, 0, all);
  assert.match(all, /PASS/);
  assert.doesNotMatch(all, /FAIL/);
});
