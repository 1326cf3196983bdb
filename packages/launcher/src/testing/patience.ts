/** Milliseconds. What takes longer does not come on a busy machine either. */
export const PATIENCE = 300_000;
