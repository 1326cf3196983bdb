/**
 * The last answers about carbon intensity, by zone. Nothing is asked in advance: whoever reads an old answer has it
 * renewed behind him, and is told when it has come. So a cluster in which no VM waits asks nobody.
 */
import type { CarbonConfig, HttpSourceConfig } from './config.ts';
import { askHttpSource } from './http-source.ts';
import type { CarbonReading } from './reading.ts';

/** An answer holds this long while no newer one can be had. */
const HOLDS_MS = 3_600_000;
const FIRST_RETRY_MS = 5000;
/** Users name zones; what they make up must not fill the memory. */
const ZONES_MAX = 1000;

interface Zone {
  answer?: { readonly intensity: number; readonly at: number };
  failure?: { readonly reason: string; readonly count: number };
  askAt: number;
  isAsking: boolean;
  readonly readers: Set<string>;
}

export interface CarbonReadingsOptions {
  readonly config: CarbonConfig;
  /** Called with the key of each reader of a zone when there is news about it. */
  readonly onNews: (key: string) => void;
  readonly signal: AbortSignal;
  readonly now?: () => number;
}

export class CarbonReadings {
  readonly #config: CarbonConfig;
  readonly #onNews: (key: string) => void;
  readonly #signal: AbortSignal;
  readonly #now: () => number;
  readonly #zones = new Map<string, Zone>();

  constructor({ config, onNews, signal, now = Date.now }: CarbonReadingsOptions) {
    this.#config = config;
    this.#onNews = onNews;
    this.#signal = signal;
    this.#now = now;
  }

  /** What is known now of the zone, or of the default one. Never waits. */
  read(zone: string | undefined, key: string): CarbonReading {
    const { source, defaultZone } = this.#config;
    const name = zone ?? defaultZone;
    if (source.type === 'none')
      return unknowable('the operator has no source of it: see its value carbon.source');
    if (name === undefined) return unknowable('neither the VM nor the operator names a zone');
    if (source.type === 'http') return this.#readHttp(source, name, key);
    const intensity = Object.hasOwn(source.zones, name) ? source.zones[name] : undefined;
    if (intensity === undefined)
      return unknowable(`zone ${name} is not in the operator's value carbon.static.zones`);
    return { type: 'known', zone: name, intensity: Math.round(intensity) };
  }

  #readHttp(source: HttpSourceConfig, name: string, key: string): CarbonReading {
    const zone = this.#zone(name);
    if (!zone.isAsking && zone.askAt <= this.#now()) void this.#ask(source, name, zone);
    if (zone.isAsking) zone.readers.add(key);
    return this.#reading(name, zone);
  }

  #zone(name: string): Zone {
    const zone = this.#zones.get(name) ?? { askAt: 0, isAsking: false, readers: new Set() };
    const [oldest] = this.#zones.keys();
    if (!this.#zones.has(name) && this.#zones.size >= ZONES_MAX) this.#zones.delete(oldest ?? '');
    this.#zones.set(name, zone);
    return zone;
  }

  #reading(name: string, { answer, failure, askAt, isAsking }: Zone): CarbonReading {
    const askAgainAt = isAsking ? undefined : new Date(askAt);
    if (answer && (!failure || this.#now() - answer.at < HOLDS_MS)) {
      return { type: 'known', zone: name, intensity: answer.intensity, askAgainAt };
    }
    return failure
      ? { type: 'failing', zone: name, reason: failure.reason, askAgainAt }
      : { type: 'asking', zone: name };
  }

  async #ask(source: HttpSourceConfig, name: string, zone: Zone): Promise<void> {
    zone.isAsking = true;
    try {
      const intensity = await askHttpSource(source, name, this.#signal);
      zone.answer = { intensity, at: this.#now() };
      delete zone.failure;
      zone.askAt = this.#now() + source.intervalMs;
    } catch (error) {
      const count = (zone.failure?.count ?? 0) + 1;
      zone.failure = { reason: reasonOf(error), count };
      zone.askAt = this.#now() + Math.min(source.intervalMs, FIRST_RETRY_MS * 2 ** (count - 1));
    }
    zone.isAsking = false;
    const readers = [...zone.readers];
    zone.readers.clear();
    if (!this.#signal.aborted) for (const key of readers) this.#onNews(key);
  }
}

function unknowable(reason: string): CarbonReading {
  return { type: 'unknowable', reason };
}

/** What `fetch` throws says only that it failed; why is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
