/** With which a disk is made. */
export interface Making {
  readonly signal: AbortSignal;
  /** Percent, 0-100. */
  readonly onProgress: (percent: number) => void;
  /** Where golden images, and other volumes that disks come from, lie. */
  readonly images: string;
}
