import assert from 'node:assert/strict';
import type { Fault, StreamFault } from './fault.ts';
import type { SeenRequest } from './fault-proxy.ts';
import type { InformerStage } from './informer-stage.ts';
import { until } from './until.ts';

export interface Guarantee {
  readonly name: string;
  readonly holds: (stage: InformerStage) => Promise<void>;
}

const isWatch = (request: SeenRequest): boolean => request.isWatch;
const isList = (request: SeenRequest): boolean => !request.isWatch;

interface Strike {
  readonly name: string;
  readonly fault: StreamFault;
  readonly idleTimeout?: number;
  readonly relists?: boolean;
}

const strikes: Strike[] = [
  { name: 'a reset', fault: { type: 'reset' } },
  { name: 'an orderly close', fault: { type: 'close' } },
  { name: 'a truncated document', fault: { type: 'truncate' } },
  { name: 'garbage', fault: { type: 'garbage' } },
  { name: 'half-open silence', fault: { type: 'silence' }, idleTimeout: 400 },
  { name: '410 in the stream', fault: { type: 'error-event', code: 410, reason: 'Expired' }, relists: true },
  { name: '500 in the stream', fault: { type: 'error-event', code: 500, reason: 'InternalError' } },
];

function missesNothing({ name, fault, idleTimeout, relists = false }: Strike): Guarantee {
  return {
    name: `misses nothing over ${name}`,
    holds: async (stage) => {
      const mirror = stage.follow(idleTimeout === undefined ? {} : { idleTimeout });
      await stage.watching();
      await stage.settled(mirror);
      const lists = stage.proxy.lists.length;

      stage.proxy.inject({ type: 'status', code: 503, reason: 'ServiceUnavailable' });
      stage.proxy.strike(fault);
      await stage.change();
      stage.proxy.heal();

      await stage.settled(mirror);
      assert.equal(stage.proxy.lists.length > lists, relists, 'lists anew only when it must');
    },
  };
}

interface Refusal {
  readonly name: string;
  readonly fault: Fault;
  readonly matches: (request: SeenRequest) => boolean;
  readonly pages?: number;
}

const broken: Fault = { type: 'status', code: 500, reason: 'InternalError' };
const gone: Fault = { type: 'status', code: 410, reason: 'Gone' };

const refusals: Refusal[] = [
  { name: 'watches answered by 410', fault: gone, matches: isWatch, pages: 9 },
  { name: 'watches answered by 500', fault: broken, matches: isWatch },
  { name: 'watches that are reset', fault: { type: 'reset' }, matches: isWatch },
  { name: 'watches that close at once', fault: { type: 'close' }, matches: isWatch },
  { name: 'lists answered by 500', fault: broken, matches: isList, pages: 5 },
  { name: 'lists that are reset', fault: { type: 'reset' }, matches: isList, pages: 5 },
  { name: 'lists cut in the middle', fault: { type: 'truncate' }, matches: isList, pages: 5 },
];

function recovers({ name, fault, matches, pages = 3 }: Refusal): Guarantee {
  return {
    name: `recovers from ${name}`,
    holds: async (stage) => {
      stage.proxy.inject(fault, { matches, times: 2 });
      const mirror = stage.follow();
      await until('two faults', () => stage.proxy.requests.filter(matches).length > 2);
      await stage.watching();
      await stage.change();
      await stage.settled(mirror);
      assert.equal(stage.proxy.lists.length, pages, 'pages asked for');
    },
  };
}

function bears(name: string, matches: Refusal['matches']): Guarantee {
  return {
    name: `bears slow ${name}`,
    holds: async (stage) => {
      stage.proxy.inject({ type: 'slow' }, { matches });
      const mirror = stage.follow();
      await stage.watching();
      await stage.change();
      await stage.settled(mirror);
      assert.equal(stage.proxy.requests.length, 4, 'three pages and one watch');
    },
  };
}

async function tellsWhatVanished(stage: InformerStage): Promise<void> {
  const mirror = stage.follow();
  await stage.watching();
  await stage.settled(mirror);
  const lists = stage.proxy.lists.length;
  stage.proxy.inject(broken, { matches: isList });
  stage.proxy.strike({ type: 'error-event', code: 410, reason: 'Expired' });
  await until('it lists anew', () => stage.proxy.lists.length > lists);
  await stage.remove('b');
  stage.proxy.heal();
  await stage.settled(mirror);
  const deleted = mirror.changes.filter(({ type }) => type === 'deleted');
  assert.deepEqual(
    deleted.map(({ object }) => [object.metadata.name, object.data]),
    [['b', { value: '1' }]],
  );
}

async function makesNoStorm(stage: InformerStage): Promise<void> {
  stage.proxy.inject({ type: 'close' }, { matches: isWatch });
  stage.follow();
  await until('eight watches', () => stage.proxy.watches.length >= 8);
  const { lists, watches } = stage.proxy;
  const elapsed = (watches[7]?.at ?? 0) - (watches[0]?.at ?? 0);
  assert.ok(elapsed >= 10 + 20 + 40 + 80 + 3 * 100, `backs off, yet 8 watches within ${elapsed} ms`);
  assert.ok(lists.length <= 9, `lists anew after three fruitless watches, not ${lists.length / 3} times`);
}

async function staysAway(stage: InformerStage): Promise<void> {
  const fault: Fault = { type: 'status', code: 429, reason: 'TooManyRequests', retryAfter: 1 };
  stage.proxy.inject(fault, { matches: isWatch, times: 1 });
  stage.follow();
  await stage.watching();
  const [first, second] = stage.proxy.watches;
  assert.ok((second?.at ?? 0) - (first?.at ?? 0) >= 990);
}

async function listsPageByPage(stage: InformerStage): Promise<void> {
  const mirror = stage.follow();
  await stage.watching();
  await stage.settled(mirror);
  assert.deepEqual(
    stage.proxy.lists.map(({ query }) => [query.get('limit'), query.has('continue')]),
    [
      ['3', false],
      ['3', true],
      ['3', true],
    ],
  );
}

async function stops(stage: InformerStage): Promise<void> {
  stage.follow();
  await stage.watching();
  const before = stage.proxy.requests.length;
  stage.stop();
  await until('the watch is gone', () => stage.proxy.openWatches === 0);
  assert.equal(stage.proxy.requests.length, before);
}

/** What an informer owes its listeners, whatever happens between it and the API server. */
export const informerGuarantees: Guarantee[] = [
  ...strikes.map(missesNothing),
  ...refusals.map(recovers),
  bears('watches', isWatch),
  bears('lists', isList),
  { name: 'hears of what vanished while it was blind, with the last known state', holds: tellsWhatVanished },
  { name: 'makes no storm when every watch closes at once', holds: makesNoStorm },
  { name: 'stays away for as long as the server asks', holds: staysAway },
  { name: 'lists page by page', holds: listsPageByPage },
  { name: 'asks for nothing more once it is stopped', holds: stops },
];
