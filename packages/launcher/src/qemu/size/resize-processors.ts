import {
  type CommandArguments,
  CommandError,
  type CommandReturn,
  type QmpClient,
  TimeoutError,
} from 'qemu-monitor';
import { TransientError } from '../../problem.ts';

type ProcessorPlace = CommandReturn<'query-hotpluggable-cpus'>[number];

/** Milliseconds. A guest that has booted lets a processor go in a tenth of a second, a busy one in some. */
const UNPLUG_TIMEOUT = 15_000;

/** ACPI's words of what became of a request to eject (ACPI specification, _OST): these are not the last. */
const EJECT_REQUESTS: readonly number[] = [3, 0x103];
const SUCCESS = 0;
const IN_PROGRESS: readonly number[] = [0x81, 0x82, 0x83, 0x84];

/** Has a running machine have that many processors. What a crashed attempt has done is taken as it is. */
export async function resizeProcessors(client: QmpClient, wanted: number): Promise<void> {
  for (;;) {
    const places = await processorPlaces(client);
    const taken = places.filter((place) => place['qom-path'] !== undefined);
    const last = taken.at(-1);
    if (taken.length < wanted) await plug(client, places);
    else if (taken.length > wanted && last) await unplug(client, last);
    else return;
  }
}

/** In one order in every QEMU, so that who takes the machine's state over has the same ones. */
async function processorPlaces(client: QmpClient): Promise<ProcessorPlace[]> {
  const places = await client.execute('query-hotpluggable-cpus');
  const order = ({ props }: ProcessorPlace) => Number(props['core-id'] ?? 0);
  return places.toSorted((a, b) => order(a) - order(b));
}

async function plug(client: QmpClient, places: readonly ProcessorPlace[]): Promise<void> {
  const index = places.findIndex((place) => place['qom-path'] === undefined);
  const place = places[index];
  if (!place) throw refused('A processor cannot be added', 'the machine has no place for it');
  // QEMU checks a device's own properties.
  const device = { driver: place.type, id: `cpu${index}`, ...place.props } as CommandArguments<'device_add'>;
  try {
    await client.execute('device_add', device);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw refused('A processor cannot be added', error.desc, error);
  }
}

/** The guest has it until its firmware's tables say otherwise, and no event is certain to say so. */
async function unplug(client: QmpClient, { props, ...place }: ProcessorPlace): Promise<void> {
  const path = place['qom-path'] ?? '';
  const since = client.mark();
  const slot = String(props['core-id'] ?? 0);
  try {
    await client.execute('device_del', { id: path });
    const { data } = await client.waitForEvent(['ACPI_DEVICE_OST'], {
      ...{ since, timeout: UNPLUG_TIMEOUT },
      where: ({ data: { info } }) =>
        info.slot === slot &&
        EJECT_REQUESTS.includes(Number(info.source)) &&
        !IN_PROGRESS.includes(Number(info.status)),
    });
    if (Number(data.info.status) === SUCCESS) return;
  } catch (error) {
    if (error instanceof CommandError) throw refused('A processor cannot be taken off', error.desc, error);
    if (!(error instanceof TimeoutError)) throw error;
    const places = await processorPlaces(client);
    if (!places.some((each) => each['qom-path'] === path)) return;
    throw refused('A processor cannot be taken off', 'the guest has not let it go', error);
  }
  throw refused('A processor cannot be taken off', 'the guest refuses');
}

function refused(what: string, why: string, cause?: unknown): TransientError {
  const message = `${what}: ${why}. It is tried again; a guest that stands still or boots cannot answer.`;
  return new TransientError({ reason: 'ResizeRefused', message }, { cause });
}
