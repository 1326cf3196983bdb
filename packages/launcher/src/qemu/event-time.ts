import type { QmpEvent } from 'qemu-monitor';

/** When QEMU says that it was, in milliseconds since 1970. */
export const eventTime = ({ timestamp: { seconds, microseconds } }: Pick<QmpEvent, 'timestamp'>): number =>
  seconds * 1000 + microseconds / 1000;
