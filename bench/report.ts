/** The table, as Markdown. No row passes or fails: a goal is a goal, and a machine is a machine. */
import type { Row } from './row.ts';
import { quantile } from './statistics.ts';

export interface Measured {
  readonly row: Pick<Row, 'name' | 'unit' | 'goal' | 'about'>;
  readonly values: readonly number[];
  /** Why there are no values, where there are none. */
  readonly problem?: string;
  /** One-minute load average before and after. */
  readonly load: readonly [number, number];
}

export interface Circumstances {
  readonly date: string;
  readonly machine: string;
  readonly versions: string;
}

export function report({ date, machine, versions }: Circumstances, measured: readonly Measured[]): string {
  return [
    '# Bench',
    '',
    'Written by `make bench`, which measures side by side with plain QEMU and plain pods on a test cluster. Compare runs of',
    'one machine only, and only where its load average says that it had nothing else to do.',
    '',
    `- Date: ${date}`,
    `- Machine: ${machine}`,
    `- Versions: ${versions}`,
    '',
    '| what | goal | median | p95 | n | load before and after |',
    '| --- | --- | --- | --- | --- | --- |',
    ...measured.map(line),
    '',
    ...measured.map(({ row }) => `- **${row.name}**: ${row.about}`),
    '',
  ].join('\n');
}

function line({ row, values, problem, load }: Measured): string {
  const number = (share: number): string => `${quantile(values, share).toFixed(2)} ${row.unit}`;
  const cells = problem === undefined ? [number(0.5), number(0.95)] : [problem.split('\n')[0] ?? '', ''];
  const loads = load.map((value) => value.toFixed(1)).join(', ');
  return `| ${[row.name, row.goal, ...cells, values.length, loads].join(' | ')} |`;
}
