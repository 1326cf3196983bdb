/** What the operator asks of launchers. Every answer is validated: a launcher may be older or newer than we are. */
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CopyState,
  ImportState,
  machineDocument,
  MachineDirtyRate,
  MachineState,
  type MachineSpec,
} from '@hypersdk/api';
import {
  LauncherUnreachableError,
  UnknownAnswerError,
  send,
  text,
  type Identity,
  type LauncherAddress,
} from './request.ts';

const ANSWER_TIMEOUT_MS = 3000;
/** The launcher sends a blank line each 15 s, so that a dead stream is noticed. */
const SILENCE_MS = 40_000;
const FIRST_RETRY_MS = 25;
const LAST_RETRY_MS = 1000;
/** A launcher that speaks another version's words will not learn ours before its pod is made anew. */
const UNKNOWN_RETRY_MS = 60_000;

export class Launchers {
  readonly #identity: () => Identity;

  /** Asked before every request, so that a renewed certificate is taken up. */
  constructor(identity: () => Identity) {
    this.#identity = identity;
  }

  async machine(address: LauncherAddress, signal: AbortSignal): Promise<MachineState> {
    const body = await this.#ask({ address, method: 'GET', path: '/machine' }, signal);
    return parse(MachineState, body);
  }

  async putMachine(address: LauncherAddress, spec: MachineSpec, signal: AbortSignal): Promise<MachineState> {
    const body = await this.#ask(
      { address, method: 'PUT', path: '/machine', body: machineDocument(spec) },
      signal,
    );
    return parse(MachineState, body);
  }

  /** Takes half a second. */
  async dirtyRate(address: LauncherAddress, signal: AbortSignal): Promise<number> {
    const body = await this.#ask({ address, method: 'GET', path: '/machine/dirty-rate' }, signal);
    return parse(MachineDirtyRate, body).dirtyRate;
  }

  async import(address: LauncherAddress, signal: AbortSignal): Promise<ImportState> {
    return parse(ImportState, await this.#ask({ address, method: 'GET', path: '/import' }, signal));
  }

  async copy(address: LauncherAddress, signal: AbortSignal): Promise<CopyState> {
    return parse(CopyState, await this.#ask({ address, method: 'GET', path: '/copy' }, signal));
  }

  /** Calls `onState` with the state at once and with each change, over broken connections, until the signal aborts. */
  async follow(
    address: LauncherAddress,
    onState: (state: MachineState) => void,
    signal: AbortSignal,
  ): Promise<void> {
    let wait = FIRST_RETRY_MS;
    while (!signal.aborted) {
      try {
        await this.#stream(address, signal, (state) => {
          wait = FIRST_RETRY_MS;
          onState(state);
        });
      } catch (error) {
        if (!(error instanceof LauncherUnreachableError)) wait = LAST_RETRY_MS;
        if (error instanceof UnknownAnswerError) wait = UNKNOWN_RETRY_MS;
      }
      await delay(wait, undefined, { signal, ref: false }).catch(() => undefined);
      wait = Math.min(wait * 2, LAST_RETRY_MS);
    }
  }

  async #stream(
    address: LauncherAddress,
    signal: AbortSignal,
    onState: (state: MachineState) => void,
  ): Promise<void> {
    const silence = new AbortController();
    const watchdog = setTimeout(() => {
      silence.abort();
    }, SILENCE_MS).unref();
    try {
      const either = AbortSignal.any([signal, silence.signal]);
      const response = await send(this.#identity(), {
        address,
        method: 'GET',
        path: '/machine/events',
        signal: either,
      });
      for await (const line of createInterface({ input: response })) {
        watchdog.refresh();
        if (line !== '') onState(parse(MachineState, line));
      }
    } finally {
      clearTimeout(watchdog);
    }
  }

  async #ask(
    request: { address: LauncherAddress; method: 'GET' | 'PUT'; path: string; body?: string },
    signal: AbortSignal,
  ): Promise<string> {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
    return text(await send(this.#identity(), { ...request, signal: bounded }));
  }
}

function parse<T>(schema: { parse(value: unknown): T }, json: string): T {
  try {
    return schema.parse(JSON.parse(json));
  } catch (cause) {
    throw new UnknownAnswerError('the launcher answered in a form that this operator does not know', {
      cause,
    });
  }
}
