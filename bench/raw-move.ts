/** What QEMU itself takes to move a guest to another on the host: the fewest commands, no TLS, and nobody else. */
import { connect } from 'node:net';
import { waitFor } from '../test/cluster/waiting.ts';
import { BareQemu } from './bare-qemu.ts';
import { timed, type Bench } from './row.ts';

/** Milliseconds. */
export interface RawMove {
  /** Between the last beat in one QEMU and the first in the other. */
  readonly gap: number;
  /** From when the target is told to listen until it runs the guest. */
  readonly total: number;
}

/** Beats that are waited for, so that it is plain how quick they are. */
const BEATS = 200;

export async function rawMove(bench: Bench, argv: readonly string[]): Promise<RawMove> {
  await using source = await BareQemu.boot(bench, argv, /READY/);
  await using target = await BareQemu.awaitGuestOf(source, bench, argv);
  type(source, 'beat');
  await plainBeats(source);
  const total = await timed(() => migrate(source, target));
  await plainBeats(target);
  return { gap: (target.beats[0] ?? NaN) - (source.beats.at(-1) ?? NaN), total };
}

/** The target runs the guest by itself once it is there. */
async function migrate(source: BareQemu, target: BareQemu): Promise<void> {
  const [from, to] = await Promise.all([source.monitor(), target.monitor()]);
  const since = to.mark();
  await to.execute('migrate-incoming', { uri: 'tcp:127.0.0.1:0' });
  const { 'socket-address': [address] = [] } = await to.execute('query-migrate');
  if (address?.type !== 'inet') throw new Error('QEMU does not say where it listens');
  // As the launcher has them.
  await from.execute('migrate-set-parameters', { 'max-bandwidth': 2 ** 33, 'downtime-limit': 50 });
  await from.execute('migrate', { uri: `tcp:127.0.0.1:${address.port}` });
  await to.waitForEvent('RESUME', { since });
}

function type(bare: BareQemu, line: string): void {
  connect(bare.path('run/hypersdk/serial0.sock')).end(`${line}\n`);
}

const plainBeats = ({ beats }: BareQemu): Promise<true> => beating('plain QEMU', () => beats);

export function beating(who: string, beats: () => readonly number[]): Promise<true> {
  const wait = { until: `${who} has beaten ${BEATS} times`, seconds: 120 };
  return waitFor(wait, () => (beats().length >= BEATS ? true : undefined));
}
