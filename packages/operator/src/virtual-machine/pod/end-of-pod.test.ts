import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Pod } from '@hypersdk/kube';
import { withSidecars } from '../../testing/former-pod.ts';
import { aContainerStatus, aPod, aVirtualMachine } from '../../testing/machines.ts';
import type { ContainerStatus } from './container.ts';
import { isFinished, isLauncherGone, isQemuRunning, launcherMessage, qemuEnd } from './end-of-pod.ts';

type States = Pick<ContainerStatus, 'state' | 'lastState'> & Partial<Pick<ContainerStatus, 'restartCount'>>;

const running = { running: {} };
const ended = (exitCode: number, reason = exitCode === 0 ? 'Completed' : 'Error') => ({
  terminated: { exitCode, reason, message: `${reason} ${exitCode}` },
});
const backOff = { waiting: { reason: 'CrashLoopBackOff' } };
const notStarted = ended(128, 'StartError');

function podOf(qemu: States, launcher: States = { state: running }, isDeleted = false): Pod {
  const pod = aPod(aVirtualMachine(), 1, {
    ...(isDeleted && { metadata: { deletionTimestamp: '2026-01-02T03:04:05Z' } }),
    status: {
      phase: 'Running',
      containerStatuses: [aContainerStatus('launcher', launcher), aContainerStatus('qemu', qemu)],
    },
  });
  return pod;
}

interface Case {
  readonly when: string;
  readonly qemu: States;
  /** The code of QEMU's end; undefined while it may still run. */
  readonly code: number | undefined;
  readonly runs?: boolean;
}

const cases: Case[] = [
  { when: 'it runs', qemu: { state: running }, code: undefined, runs: true },
  { when: 'it ended well', qemu: { state: ended(0) }, code: 0 },
  { when: 'it failed a moment ago', qemu: { state: ended(1) }, code: 1 },
  { when: 'its container has come back after it', qemu: { state: running, lastState: ended(1) }, code: 1 },
  { when: 'its container came back and is done', qemu: { state: ended(0), lastState: ended(1) }, code: 1 },
  { when: 'its container is to come back later', qemu: { state: backOff, lastState: ended(137) }, code: 137 },
  { when: 'its container could not be started yet', qemu: { state: notStarted }, code: undefined },
  {
    when: 'it runs in a container that could not be started at first',
    qemu: { state: running, lastState: notStarted },
    code: undefined,
    runs: true,
  },
  {
    when: 'it failed in a container that could not be started at first',
    qemu: { state: ended(1), lastState: notStarted },
    code: 1,
  },
];

describe("QEMU's end in its pod", () => {
  for (const { when, qemu, code, runs = false } of cases) {
    it(`is ${code === undefined ? 'not there' : `with ${code}`} when ${when}`, () => {
      const pod = podOf(qemu);
      assert.equal(qemuEnd(pod)?.exitCode, code);
      assert.deepEqual([isFinished(pod), isQemuRunning(pod)], [code !== undefined, runs]);
    });
  }

  it('is a failure when kubelet has forgotten all but that its container came back', () => {
    const pod = podOf({ state: ended(0), restartCount: 1 });
    assert.deepEqual(qemuEnd(pod), { exitCode: undefined, finishedAt: undefined });
    assert.equal(isFinished(pod), true);
  });

  it('is any end of its container in a pod with sidecars, where nothing starts it again', () => {
    const exitCodes = [ended(0), ended(1), notStarted].map(
      (state) => qemuEnd(withSidecars(podOf({ state })))?.exitCode,
    );
    assert.deepEqual(exitCodes, [0, 1, 128]);
  });
});

describe('a launcher', () => {
  const of = (state: NonNullable<ContainerStatus['state']>, isDeleted = false): Pod =>
    podOf({ state: running }, { state }, isDeleted);
  const rows = [
    { when: 'runs', pod: of(running), gone: false },
    { when: 'was killed and comes back', pod: of(ended(137)), gone: false },
    { when: 'is done', pod: of(ended(0)), gone: true },
    { when: 'was killed in a pod that is to go', pod: of(ended(137), true), gone: true },
    { when: 'is done in a pod with sidecars', pod: withSidecars(of(ended(0))), gone: true },
    { when: 'was killed in a pod with sidecars', pod: withSidecars(of(ended(137))), gone: true },
  ];
  for (const { when, pod, gone } of rows) {
    it(`is ${gone ? 'gone, and has left its word,' : 'there'} when it ${when}`, () => {
      assert.equal(isLauncherGone(pod), gone);
      assert.equal(launcherMessage(pod) !== undefined, gone);
    });
  }
});
