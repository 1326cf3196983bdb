/** The steps of an operation restore: the last two are of one with memory. */
export const DISKS = 'restore';
/** Some disks may have gone back, and others not: there is no end before all have. */
export const FINISH = 'finish';
export const RESUME = 'resume';
export const FORGET = 'dropFormer';
