/** The steps of an operation restore: the last two are of one with memory. */
export const DISKS = 'restore';
export const RESUME = 'resume';
export const FORGET = 'dropFormer';
