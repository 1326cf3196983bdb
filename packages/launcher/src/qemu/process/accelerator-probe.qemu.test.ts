import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { probeAccelerator, probeFirmware } from './accelerator-probe.ts';
import { assembleProbe } from '../firmware/build.ts';

describe('the accelerator probe', () => {
  let scratch = '';
  before(async () => (scratch = await mkdtemp(join(tmpdir(), 'probe-test-'))));
  after(() => rm(scratch, { recursive: true }));

  it('passes where a guest runs', async () => {
    assert.equal(await probeAccelerator('tcg', scratch, AbortSignal.timeout(60_000)), undefined);
  });

  it('gives a verdict in time even on a KVM that hangs every guest', async () => {
    const verdict = await probeAccelerator('kvm', scratch, AbortSignal.timeout(5_000));
    assert.match(verdict ?? 'usable', /^usable$|^The probe guest (hung|crashed|did not start)/);
  });

  it('runs what its source says', { skip: !hasAssembler() && 'no binutils' }, () => {
    assert.ok(assembleProbe().equals(probeFirmware()));
  });
});

function hasAssembler(): boolean {
  return succeeds('as', ['--version']);
}

function succeeds(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
