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
export type Entry = (Kept | Found) & {
  readonly pod: string;
  /** Milliseconds since 1970. */
  readonly time: number;
};

/** Entries that the journal has room for. */
const ROOM = 4096;

/** One line of a container's log as the kubelet keeps it; the full stop is there to tell that the line is whole. */
export function parseLine(pod: string, line: string): Entry | undefined {
  const [time, , , ...words] = line.trimEnd().split(' ');
  const match = /^(?<what>KEPT|FOUND) (\d+) LIFE (\d+)(?: RUN (\d+))?\.$/.exec(words.join(' '));
  if (!match) return undefined;
  const [number = 0, life = 0, run = 0] = match.slice(2).map((digits) => Number(digits));
  const common = { pod, time: Date.parse(time ?? ''), number, life };
  return match.groups?.['what'] === 'KEPT' ? { ...common, type: 'kept' } : { ...common, type: 'found', run };
}

/** Empty where one guest at a time has written, and nothing was lost that it was told to be kept. */
export function violations(entries: readonly Entry[]): string[] {
  const kept = entries.filter((entry) => entry.type === 'kept');
  const found = entries.filter((entry) => entry.type === 'found');
  return [...keptTwice(kept), ...found.flatMap((each) => [...lost(each, kept), ...gap(each)])];
}

/** By two that ran at once from one memory or one disk, or again after it was lost. */
function keptTwice(kept: readonly (Entry & Kept)[]): string[] {
  const told: string[] = [];
  const first = new Map<number, Entry>();
  for (const entry of kept) {
    const before = first.get(entry.number);
    if (before) told.push(`entry ${entry.number} was kept by ${where(before)}, and by ${where(entry)}`);
    else first.set(entry.number, entry);
  }
  return told;
}

function lost(found: Entry & Found, kept: readonly (Entry & Kept)[]): string[] {
  const last = kept.findLast(({ life, number }) => life < found.life && number > found.number);
  if (!last) return [];
  return [`entry ${last.number}, kept by ${where(last)}, is lost: ${where(found)} found ${found.number}`];
}

function gap({ number, run, ...found }: Entry & Found): string[] {
  return run < Math.min(number, ROOM) ? [`${where(found)} found only ${run} entries up to ${number}`] : [];
}

const where = ({ pod, life }: Pick<Entry, 'pod' | 'life'>): string => `${pod} in life ${life}`;
