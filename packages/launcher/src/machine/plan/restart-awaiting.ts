import type { MachineDisk, MachineSpec, MachineState } from '@hypersdk/api/machine';
import { isPluggable, isPluggableNetwork, mainNetwork } from '../../qemu/plug/pluggable.ts';

type Awaiting = MachineState['restartAwaiting'][number];

const scalars = ['machineType', 'acceleration'] as const;

/** The fields in which the running QEMU, started with `now`, differs from what is wanted by now, processors and memory apart. */
export function restartAwaiting(now: MachineSpec, wanted: MachineSpec): Awaiting[] {
  const fixed = ({ disks }: MachineSpec) => disks.filter((disk) => !isPluggable(now.machineType, disk));
  const stays = (disk: MachineDisk) => (isChangeable(disk.name) ? drive(disk) : whatStays(disk));
  const isChangeable = (name: string): boolean =>
    [now, wanted].every(({ disks }) => disks.some((disk) => disk.name === name && disk.device === 'cdrom'));
  const isInBoth = (name: string): boolean =>
    [now, wanted].every(({ networks }) => networks.some((network) => network.name === name));
  const staying = ({ networks }: MachineSpec) =>
    networks.filter((network) => !isPluggableNetwork(now, network) || isInBoth(network.name));
  return [
    ...scalars.flatMap((field) => difference(field, now[field], wanted[field])),
    ...firmwareDifferences(now, wanted),
    ...difference('cloudInit', JSON.stringify(now.cloudInit), JSON.stringify(wanted.cloudInit)),
    ...difference('guestAgent.enabled', channel(now), channel(wanted)),
    ...listDifferences('disks', fixed(now).map(stays), fixed(wanted).map(stays)),
    ...listDifferences('networks', withoutIdlePorts(staying(now)), withoutIdlePorts(staying(wanted))),
  ];
}

const channel = ({ guestAgent }: MachineSpec): string => String(guestAgent !== undefined);

const firmwareFields = ['bootloader', 'secureBoot', 'tpm'] as const;
const BARE = { bootloader: 'bios', secureBoot: false, tpm: false } as const;

function firmwareDifferences(now: MachineSpec, wanted: MachineSpec): Awaiting[] {
  const [before, after] = [now.firmware ?? BARE, wanted.firmware ?? BARE];
  return firmwareFields.flatMap((field) =>
    difference(`firmware.${field}`, String(before[field]), String(after[field])),
  );
}

/** Where a disk came from says nothing once it is there; the operator then calls it existing. It grows and is flattened live. */
const whatStays = ({ source: _, size: __, flatten: ___, ...disk }: MachineSpec['disks'][number]) => disk;

/** What a drive is, whatever medium is in it: that is changed live. */
const drive = ({ name, device, bus, bootIndex }: MachineDisk) => ({ name, device, bus, bootIndex });

/** All ports that no other network has are the main masqueraded one's, whichever it declares. */
function withoutIdlePorts(networks: MachineSpec['networks']) {
  const main = mainNetwork(networks);
  return networks.map(({ ports, ...network }) =>
    network.name === main?.name ? network : { ...network, ports },
  );
}

/** Members are told apart by name, as the API's lists are. */
function listDifferences(
  list: 'disks' | 'networks',
  now: readonly { readonly name: string }[],
  wanted: readonly { readonly name: string }[],
): Awaiting[] {
  const names = new Set([...now, ...wanted].map(({ name }) => name));
  const member = (items: typeof now, name: string): string | undefined =>
    JSON.stringify(items.find((item) => item.name === name));
  return [...names].flatMap((name) =>
    difference(`${list}[${name}]`, member(now, name), member(wanted, name)),
  );
}

function difference(field: string, now = 'none', wanted = 'none'): Awaiting[] {
  return now === wanted ? [] : [{ field, now, wanted }];
}
