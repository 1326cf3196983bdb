import assert from 'node:assert/strict';
import { LeadershipLostError } from '../leader-election.ts';
import { lasting, timing, type Candidates } from './candidates.ts';
import { until } from './until.ts';

export interface LeaderElectionGuarantee {
  readonly name: string;
  readonly holds: (candidates: Candidates) => Promise<void>;
}

async function onlyOneLeads(candidates: Candidates): Promise<void> {
  candidates.timing = lasting;
  const all = await Promise.all(['a', 'b', 'c'].map((identity) => candidates.enter(identity)));
  await until('each has asked often', () => all.every(({ proxy }) => proxy.requests.length > 5));
  assert.equal(candidates.log.length, 1);
}

async function handsOver(candidates: Candidates): Promise<void> {
  candidates.timing = lasting;
  const a = await candidates.enter('a');
  await until('a leads', () => candidates.log.length === 1);
  const b = await candidates.enter('b');
  await until('b has asked', () => b.proxy.requests.length > 1);
  const stopped = performance.now();
  a.stop();
  await a.ended;
  await until('b leads', () => candidates.log.length === 3);
  assert.ok(performance.now() - stopped < lasting.leaseDuration, 'no need to wait for the lease to run out');
  assert.deepEqual(candidates.log, ['a leads', 'a stops', 'b leads']);
  assert.equal((await candidates.lease()).spec?.leaseTransitions, 1);
}

async function holdsWhileWindingDown(candidates: Candidates): Promise<void> {
  const woundDown: PromiseWithResolvers<void> = Promise.withResolvers();
  const a = await candidates.enter('a', () => woundDown.promise);
  await until('a leads', () => candidates.log.length === 1);
  const b = await candidates.enter('b');
  a.stop();
  const stopped = performance.now();
  await until('longer than a lease', () => performance.now() - stopped > timing.leaseDuration);
  assert.ok(b.proxy.requests.length > 5);
  assert.deepEqual(candidates.log, ['a leads']);
  woundDown.resolve();
  await until('b leads', () => candidates.log.length === 3);
  assert.deepEqual(candidates.log, ['a leads', 'a stops', 'b leads']);
}

async function stopsWhenCutOff(candidates: Candidates): Promise<void> {
  const a = await candidates.enter('a');
  await until('a leads', () => candidates.log.length === 1);
  await candidates.enter('b');
  a.proxy.inject({ type: 'silence' });
  await assert.rejects(a.ended, LeadershipLostError);
  await until('b leads', () => candidates.log.includes('b leads'));
  assert.deepEqual(candidates.log, ['a leads', 'a stops', 'b leads']);
}

async function rejectsWhateverLeadDoes(candidates: Candidates): Promise<void> {
  const leading: PromiseWithResolvers<void> = Promise.withResolvers();
  const a = await candidates.enterWith('a', () => {
    leading.resolve();
    return new Promise(() => undefined);
  });
  await leading.promise;
  a.proxy.inject({ type: 'reset' });
  await assert.rejects(a.ended, LeadershipLostError);
}

async function bearsAnOutage(candidates: Candidates): Promise<void> {
  candidates.timing = lasting;
  const a = await candidates.enter('a');
  await until('a leads', () => candidates.log.length === 1);
  const before = a.proxy.requests.length;
  a.proxy.inject({ type: 'status', code: 500, reason: 'InternalError' }, { times: 4 });
  await until('it renewed again', () => a.proxy.requests.length > before + 6);
  assert.deepEqual(candidates.log, ['a leads']);
}

async function seesAnother(candidates: Candidates): Promise<void> {
  candidates.timing = lasting;
  const a = await candidates.enter('a');
  await until('a leads', () => candidates.log.length === 1);
  await candidates.usurp('usurper');
  await assert.rejects(a.ended, /held by usurper/);
}

/** A clock that is wrong, by years, in either direction, neither shortens a lease nor prolongs it for ever. */
function trustsNoClock(renewTime: string): LeaderElectionGuarantee {
  return {
    name: `takes over from a silent holder after its lease, with a last renewal in ${renewTime.slice(0, 4)}`,
    holds: async (candidates) => {
      await candidates.write({
        holderIdentity: 'ghost',
        leaseDurationSeconds: 1,
        renewTime,
        leaseTransitions: 6,
      });
      const entered = performance.now();
      await candidates.enter('a');
      await until('a leads', () => candidates.log.length === 1);
      const waited = performance.now() - entered;
      assert.ok(waited > 1_000, `waited ${waited} ms`);
      assert.equal((await candidates.lease()).spec?.leaseTransitions, 7);
    },
  };
}

async function endsWithLead(candidates: Candidates): Promise<void> {
  candidates.timing = lasting;
  const quits = await candidates.enterWith('quits', () => Promise.resolve());
  await quits.ended;
  assert.equal(await holder(candidates), '');
  const fails = await candidates.enterWith('fails', () => Promise.reject(new Error('broken')));
  await assert.rejects(fails.ended, /broken/);
  assert.equal(await holder(candidates), '');
}

async function holder(candidates: Candidates): Promise<string | undefined> {
  return (await candidates.lease()).spec?.holderIdentity;
}

export const leaderElectionGuarantees: LeaderElectionGuarantee[] = [
  { name: 'lets one lead of many', holds: onlyOneLeads },
  { name: 'hands over at once when the leader is stopped', holds: handsOver },
  { name: 'keeps the lease until a slow leader has wound down', holds: holdsWhileWindingDown },
  { name: 'stops a leader that is cut off before another starts', holds: stopsWhenCutOff },
  { name: 'rejects at once though what leads ignores its signal', holds: rejectsWhateverLeadDoes },
  { name: 'bears an outage shorter than the renew deadline', holds: bearsAnOutage },
  { name: 'stops when another holds the lease', holds: seesAnother },
  trustsNoClock('2001-01-01T00:00:00.000000Z'),
  trustsNoClock('2101-01-01T00:00:00.000000Z'),
  { name: 'gives the lease back when what leads ends or fails', holds: endsWithLead },
];
