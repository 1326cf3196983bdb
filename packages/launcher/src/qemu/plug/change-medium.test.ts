import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type QmpClient, TimeoutError } from 'qemu-monitor';
import { changeMedium } from './change-medium.ts';

/** A drive whose tray stays shut when it is asked to open; its guest lets it go in time, or does not. */
function lockedDrive(letsGo: boolean) {
  const commands: string[] = [];
  const answers: Record<string, unknown> = {
    'query-block': [{ qdev: 'disk-cd', tray_open: false }],
    'query-named-block-nodes': [{ 'node-name': 'disk-cd' }],
  };
  const client = {
    mark: () => 0,
    execute: (command: string, given: { force?: boolean } = {}) => {
      if (!(command in answers)) commands.push(given.force ? `${command} by force` : command);
      return Promise.resolve(answers[command]);
    },
    waitForEvent: () => (letsGo ? Promise.resolve({}) : Promise.reject(new TimeoutError('no event', 10_000))),
  };
  const signal = new AbortController().signal;
  const changing = {
    client: client as unknown as QmpClient,
    images: '/images',
    remote: undefined,
    signal,
    onProgress: () => undefined,
  }; // as much of it as is called
  return { commands, eject: () => changeMedium('cd', undefined, changing) };
}

const afterwards = ['blockdev-remove-medium', 'blockdev-del', 'blockdev-close-tray'];

describe('a medium that the guest has locked', () => {
  it('is taken out when the guest lets it go', async () => {
    const { commands, eject } = lockedDrive(true);
    await eject();
    assert.deepEqual(commands, ['blockdev-open-tray', ...afterwards]);
  });

  it('is taken out by force when the guest does not', async () => {
    const { commands, eject } = lockedDrive(false);
    await eject();
    assert.deepEqual(commands, ['blockdev-open-tray', 'blockdev-open-tray by force', ...afterwards]);
  });
});
