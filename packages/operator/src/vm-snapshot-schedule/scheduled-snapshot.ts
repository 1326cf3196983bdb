import { Annotations, API_VERSION, Labels, type VMSnapshot, type VMSnapshotSchedule } from '@hypersdk/api';

/**
 * The snapshot of one time. Its name says which, so that it is made once, whoever makes it how often. It belongs to nobody:
 * who deletes a schedule keeps what was taken.
 */
export function scheduledSnapshot({ metadata, spec }: VMSnapshotSchedule, time: Date): VMSnapshot {
  const { labels, retention, description, destination, ...made } = spec.template;
  return {
    apiVersion: API_VERSION,
    kind: 'VMSnapshot',
    metadata: {
      name: snapshotName(metadata.name, time),
      namespace: metadata.namespace ?? '',
      labels: { ...labels, [Labels.snapshotSchedule]: metadata.name },
      annotations: {
        [Annotations.madeBy]: metadata.uid ?? '',
        [Annotations.scheduledAt]: time.toISOString(),
      },
    },
    spec: {
      vmRef: spec.vmRef,
      ...made,
      description: description ?? `Taken by VMSnapshotSchedule ${metadata.name}`,
      ...(destination && { destination }),
      ...(retention && { retention }),
    },
  };
}

/** In UTC, where no time comes twice. */
function snapshotName(schedule: string, time: Date): string {
  const [date = '', clock = ''] = time.toISOString().split('T');
  return `${schedule}-${date.replaceAll('-', '')}-${clock.slice(0, 5).replace(':', '')}`;
}
