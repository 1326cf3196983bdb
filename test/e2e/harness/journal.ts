/** What a guest that keeps a journal says on its console, and what must never be seen there. */

/** An entry that the disk has for good. */
export interface Kept {
  readonly type: 'kept';
  readonly number: number;
  /** The guest's own number among all that have had this disk: each boot is one. */
  readonly life: number;
}
/** What a guest has found when it booted: the last entry, and how many are there down from it without a gap. */
export interface Found {
  readonly type: 'found';
  readonly number: number;
  readonly life: number;
  readonly run: number;
}
export type Entry = (Kept | Found) & { readonly pod: string };

/** Entries that the journal has room for. */
const ROOM = 4096;

/** One line of a container's log as the kubelet keeps it; the full stop is there to tell that the line is whole. */
export function parseLine(pod: string, line: string): Entry | undefined {
  const [, , , ...words] = line.trimEnd().split(' ');
  const match = /^(?<what>KEPT|FOUND) (\d+) LIFE (\d+)(?: RUN (\d+))?\.$/.exec(words.join(' '));
  if (!match) return undefined;
  const [number = 0, life = 0, run = 0] = match.slice(2).map((digits) => Number(digits));
  const common = { pod, number, life };
  return match.groups?.['what'] === 'KEPT' ? { ...common, type: 'kept' } : { ...common, type: 'found', run };
}

/** Entries in a row that one guest has kept in one pod. */
interface Span {
  readonly pod: string;
  readonly life: number;
  readonly from: number;
  to: number;
}

/** More of them say nothing new. */
const MOST_VIOLATIONS = 20;

/** What the guests of one disk have said so far. The pods' words may come in any order, each one's in its own. */
export class Journal {
  readonly #spans: Span[] = [];
  readonly #found: (Entry & Found)[] = [];
  readonly #violations: string[] = [];
  /** Of an entry, whichever came last. */
  latest: (Entry & Kept) | undefined;

  /** Empty where one guest at a time has written, and nothing was lost that it was told to be kept. */
  get violations(): readonly string[] {
    return this.#violations;
  }

  get boots(): number {
    return this.#found.length;
  }

  read(entry: Entry): void {
    const told = entry.type === 'kept' ? this.#readKept(entry) : this.#readFound(entry);
    this.#violations.push(...told.slice(0, MOST_VIOLATIONS - this.#violations.length));
  }

  #readKept(entry: Entry & Kept): string[] {
    const { number, pod, life } = entry;
    this.latest = entry;
    // By two that ran at once from one memory or one disk, or again after it was lost.
    const twice = this.#spans.filter(({ from, to }) => from <= number && number <= to);
    const last = this.#spans.findLast((span) => span.pod === pod && span.life === life);
    if (last?.to === number - 1) last.to = number;
    else this.#spans.push({ pod, life, from: number, to: number });
    const lostBy = this.#found.filter((found) => life < found.life && number > found.number);
    return [
      ...twice.map((span) => `entry ${number} was kept by ${where(span)}, and by ${where(entry)}`),
      ...lostBy.map((found) => lost(number, entry, found)),
    ];
  }

  #readFound(found: Entry & Found): string[] {
    const { number, life, run } = found;
    this.#found.push(found);
    const last = this.#spans.findLast((span) => span.life < life && span.to > number);
    const hasGap = run < Math.min(number, ROOM);
    return [
      ...(last ? [lost(last.to, last, found)] : []),
      ...(hasGap ? [`${where(found)} found only ${run} entries up to ${number}`] : []),
    ];
  }
}

type Place = Pick<Entry, 'pod' | 'life'>;

const lost = (number: number, keeper: Place, found: Entry & Found): string =>
  `entry ${number}, kept by ${where(keeper)}, is lost: ${where(found)} found ${found.number}`;

const where = ({ pod, life }: Place): string => `${pod} in life ${life}`;
