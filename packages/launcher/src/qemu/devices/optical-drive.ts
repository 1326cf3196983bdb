import { fixedPlace, type MachineType, virtio } from './bus.ts';
import { type AttachedDisk, boot, diskDeviceId, hasLayers, nodeName } from './disk.ts';
import { device, type Properties } from './options.ts';

const SCSI = 'scsi';

/** What a machine has room for on each bus; on a pc, sata is IDE. */
export const driveCapacity = {
  q35: { sata: 6, scsi: 32 },
  pc: { sata: 2, scsi: 32 },
  microvm: { sata: 0, scsi: 0 },
} as const satisfies Record<MachineType, Record<DriveBus, number>>;

export type DriveBus = NonNullable<AttachedDisk['bus']>;

export const busOf = ({ bus }: Pick<AttachedDisk, 'bus'>): DriveBus => bus ?? 'sata';

/** The drives, each at its place among those of its bus. */
export function opticalDrives(type: MachineType, disks: readonly AttachedDisk[]): string[] {
  const drives = disks.filter((disk) => disk.device === 'cdrom');
  const onSata = drives.filter((drive) => busOf(drive) === 'sata');
  const onScsi = drives.filter((drive) => busOf(drive) === 'scsi');
  return [
    ...onSata.flatMap((drive, index) => opticalDrive('ide-cd', drive, { bus: `ide.${index}` })),
    ...(onScsi.length > 0 ? scsiController(type) : []),
    ...onScsi.flatMap((drive, index) =>
      opticalDrive('scsi-cd', drive, { bus: `${SCSI}.0`, 'scsi-id': index }),
    ),
  ];
}

function scsiController(type: MachineType): string[] {
  return device({ driver: virtio(type, SCSI), id: SCSI, ...fixedPlace(type, 'scsi') });
}

function opticalDrive(driver: string, drive: AttachedDisk, place: Properties): string[] {
  return device({
    driver,
    id: diskDeviceId(drive.name),
    ...(hasLayers(drive) && { drive: nodeName(drive.name) }),
    ...place,
    ...boot(drive),
  });
}
