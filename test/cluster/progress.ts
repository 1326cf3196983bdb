/** Says what a step is at, for instance the package that is being compiled. */
export type Say = (detail: string) => void;

const QUIET_MS = 2000;
const INTERVAL_MS = 10_000;

/** Runs one step: a line when it is done, and one every ten seconds while it lasts. */
export async function step<T>(title: string, work: (say: Say) => Promise<T>): Promise<T> {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  let detail = '';
  let told = '';
  const tell = () => {
    const news = detail !== told ? `: ${detail}` : '';
    line(`  .. ${title} (${seconds()})${news}`);
    told = detail;
  };
  const first = setTimeout(tell, QUIET_MS);
  const more = setInterval(tell, INTERVAL_MS);
  try {
    const result = await work((text) => (detail = text));
    line(`  ok ${title} (${seconds()})`);
    return result;
  } catch (error) {
    line(`  failed: ${title} (${seconds()})`);
    throw error;
  } finally {
    clearTimeout(first);
    clearInterval(more);
  }
}

/** To stderr, so that a command's own answer can be read from stdout. */
export function line(text: string): void {
  process.stderr.write(`${text}\n`);
}
