/** Waits for the end of each. Throws an AggregateError of those that came to grief. */
export async function allComeThrough(lives: readonly Promise<void>[]): Promise<void> {
  const errors = (await Promise.allSettled(lives)).flatMap((end) =>
    end.status === 'rejected' ? [end.reason as unknown] : [],
  );
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} VMs did not come through`);
}
