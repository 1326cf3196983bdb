import { cpus } from 'node:os';

/** How long a suite takes, and whether the machine is what it waits for: `took 3.4 min, processors 87 % busy`. */
export function startClock(): () => string {
  const before = processorTimes();
  const started = performance.now();
  return () => {
    const now = processorTimes();
    const busy = (now.busy - before.busy) / Math.max(1, now.all - before.all);
    const minutes = (performance.now() - started) / 60_000;
    return `took ${minutes.toFixed(1)} min, processors ${Math.round(busy * 100)} % busy`;
  };
}

/** Milliseconds of all processors since the machine's start. */
function processorTimes(): { busy: number; all: number } {
  const times = cpus().map(({ times: { idle, ...busy } }) => ({ idle, busy: sum(Object.values(busy)) }));
  const busy = sum(times.map((one) => one.busy));
  return { busy, all: busy + sum(times.map(({ idle }) => idle)) };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
