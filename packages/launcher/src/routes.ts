import type { IncomingMessage, ServerResponse } from 'node:http';
import { type MachineDirtyRate, MachineSpec } from '@hypersdk/api/machine';
import { streamStates } from './http/event-stream.ts';
import { specDocument, type SpecDocument } from './machine/spec-store.ts';
import { LISTENS } from './migration/call-source.ts';
import { answerOf, GO_AHEAD, statusOf } from './migration/go-ahead.ts';
import { lendDisks } from './migration/lend-disks.ts';
import { LENT } from './migration/lent-disk.ts';
import { RECOVERY } from './migration/recovery.ts';
import { type Caller, hostOf } from './migration/target-line.ts';
import { type Handler, sendJson } from './http/server.ts';
import type { StateFeed } from './http/state-feed.ts';

const BODY_LIMIT = 1024 * 1024;
/** Milliseconds a PUT waits for the state that answers its spec; the spec is taken in any case. */
const PLAN_TIMEOUT = 2_000;
const NOT_READ_YET = 'the machine is not read yet';

export interface Routes {
  readonly feed: StateFeed;
  readonly spec: () => MachineSpec;
  readonly replaceSpec: (document: SpecDocument) => Promise<void>;
  readonly goAhead: (id: string) => void;
  /** A target is on the line: resolves when the guest is its own. */
  readonly untilHandedOver: (caller: Caller, signal: AbortSignal) => Promise<void>;
  /** Has QEMU let the source send over another connection. */
  readonly recover: () => Promise<void>;
  /** Bytes a second that the guest changes. */
  readonly dirtyRate: () => Promise<number | undefined>;
  /** Whether somebody works on the layers of the disks. */
  readonly worksOnLayers: () => Promise<boolean>;
}

/**
 * `GET /machine` -> MachineState, `PUT /machine` <- MachineSpec, `GET /machine/events` -> MachineStates, one a
 * line, `GET /machine/dirty-rate` -> MachineDirtyRate, after a moment. PUT answers with the state that the new spec has led to. Errors are `{message, field?}`.
 */
export function machineRoutes(routes: Routes): Handler {
  return async (request, response) => {
    switch (`${request.method} ${request.url}`) {
      case 'GET /machine':
        sendJson(response, routes.feed.current ? 200 : 503, routes.feed.current ?? { message: NOT_READ_YET });
        return;
      case 'PUT /machine': {
        const { status, body } = await putMachine(routes, request);
        sendJson(response, status, body);
        return;
      }
      case 'GET /machine/events':
        streamStates(routes.feed, request, response);
        return;
      case 'GET /machine/dirty-rate': {
        const dirtyRate = await routes.dirtyRate();
        if (dirtyRate === undefined) sendJson(response, 503, { message: 'QEMU does not answer' });
        else sendJson(response, 200, { dirtyRate } satisfies MachineDirtyRate);
        return;
      }
      case `POST ${GO_AHEAD}${routes.spec().incoming?.id}`: {
        const { status, body } = await takeGuest(routes, routes.spec().incoming?.id ?? '');
        sendJson(response, status, body);
        return;
      }
      case `POST ${LISTENS}${expectedId(routes.spec())}`:
        await routes.untilHandedOver(callerOf(request, routes.spec()), untilClosed(response));
        sendJson(response, 200, { message: 'the guest is yours' });
        return;
      case `POST ${RECOVERY}${routes.spec().incoming?.id}`:
        await routes.recover();
        sendJson(response, 200, { message: 'the source may send' });
        return;
      default:
        if (request.method === 'GET' && request.url?.startsWith(LENT)) {
          const { disks } = routes.spec();
          await lendDisks({ disks, isBusy: routes.worksOnLayers }, request.url, response);
          return;
        }
        sendJson(response, 404, { message: `no route ${request.method} ${request.url}` });
    }
  };
}

const expectedId = ({ outgoing, expects }: MachineSpec): string | undefined => (outgoing ?? expects)?.id;

const callerOf = (request: IncomingMessage, spec: MachineSpec): Caller => ({
  id: expectedId(spec) ?? '',
  host: hostOf(request),
});

function untilClosed(response: ServerResponse): AbortSignal {
  const closed = new AbortController();
  response.once('close', () => {
    closed.abort();
  });
  return closed.signal;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Milliseconds; the source asks again. */
const ARRIVAL_TIMEOUT = 3_000;

async function takeGuest({ feed, goAhead }: Routes, id: string): Promise<Answer> {
  goAhead(id);
  const state = await feed.until(
    (latest) => answerOf(latest, id) !== 'later',
    AbortSignal.timeout(ARRIVAL_TIMEOUT),
  );
  const answer = answerOf(state, id);
  return { status: statusOf(answer), body: { message: answer } };
}

async function putMachine(routes: Routes, request: IncomingMessage): Promise<Answer> {
  const text = await readBody(request);
  if (text === undefined) return { status: 413, body: { message: `the body is over ${BODY_LIMIT} bytes` } };
  const parsed = MachineSpec.safeParse(jsonOrUndefined(text));
  if (!parsed.success) return { status: 422, body: invalid(parsed.error.issues) };
  const { epoch } = routes.spec();
  if (parsed.data.epoch !== epoch) {
    const message = `this launcher serves epoch ${epoch}, not ${parsed.data.epoch}`;
    return { status: 409, body: { message, field: 'epoch' } };
  }
  const document = specDocument(parsed.data, text);
  await routes.replaceSpec(document);
  const { feed } = routes;
  await feed.until((state) => state.specDigest === document.digest, AbortSignal.timeout(PLAN_TIMEOUT));
  return { status: feed.current ? 200 : 202, body: feed.current };
}

function invalid(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): unknown {
  const [first] = issues;
  const field = first?.path.map(String).join('.') ?? '';
  return { message: `${field || 'body'}: ${first?.message ?? 'invalid'}`, field };
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > BODY_LIMIT) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
