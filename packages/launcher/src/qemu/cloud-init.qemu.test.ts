import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { makeSeed } from './cloud-init.ts';

describe('makeSeed', () => {
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'seed-'));
    await mkdir(join(root, 'payload'));
    await mkdir(join(root, 'runtime'));
  });
  afterEach(() => rm(root, { recursive: true }));

  const make = (hostname = 'vm-1', newMachineId = false): Promise<void> =>
    makeSeed({
      cloudInit: { instanceId: 'uid-1', hostname, newMachineId },
      payload: join(root, 'payload'),
      path: join(root, 'runtime/seed.img'),
      signal: AbortSignal.timeout(120_000),
    });
  const read = (name: string): string =>
    execFileSync('mcopy', ['-i', join(root, 'runtime/seed.img'), `::${name}`, '-'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });

  it('holds the payload, as kubelet links it, and who the instance is', async () => {
    await mkdir(join(root, 'payload/..data'));
    await writeFile(join(root, 'payload/..data/user-data'), '#cloud-config\n');
    await symlink('..data/user-data', join(root, 'payload/user-data'));
    await writeFile(join(root, 'payload/network-data'), 'version: 2\n');
    await make();
    assert.equal(read('meta-data'), 'instance-id: "uid-1"\nlocal-hostname: "vm-1"\n');
    assert.equal(read('user-data'), '#cloud-config\n');
    assert.equal(read('network-config'), 'version: 2\n');
    assert.deepEqual(await readdir(join(root, 'runtime')), ['seed.img']);
  });

  it('has a disk that was another guest’s make its machine-id anew, beside what the user wants', async () => {
    await writeFile(join(root, 'payload/user-data'), '#cloud-config\n');
    await make('vm-1', true);
    assert.match(
      read('vendor-data'),
      /^#cloud-config\n.*cloud-init-per, instance, .*systemd-machine-id-setup/s,
    );
    assert.equal(read('user-data'), '#cloud-config\n');
  });

  it('carries SSH keys in its meta-data, whatever is in them', async () => {
    await writeFile(join(root, 'payload/ssh-keys'), 'ssh-ed25519 AAAA me@home\n\nssh-rsa BBBB "#: it\'s\n');
    await make();
    const [, , keys] = read('meta-data').split('\n');
    assert.equal(keys, String.raw`public-keys: ["ssh-ed25519 AAAA me@home","ssh-rsa BBBB \"#: it's"]`);
    assert.equal(read('user-data'), '');
  });

  it('has empty user data and no network configuration without a payload', async () => {
    await make();
    assert.equal(read('user-data'), '');
    assert.throws(() => read('network-config'));
  });

  it('is made over what a dead attempt left, and again', async () => {
    await mkdir(join(root, 'runtime/seed.img.d'));
    await writeFile(join(root, 'runtime/seed.img.d/user-data'), 'half');
    await make();
    await make('vm-2');
    assert.match(read('meta-data'), /"vm-2"/);
  });
});
