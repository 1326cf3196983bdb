/** `make images`: builds each image and prints where it is. */
import { stat } from 'node:fs/promises';
import { ensureDebianGuest } from './guests/debian/image.ts';
import { ensureTinyGuest } from './guests/tiny/image.ts';
import { ensureProductImage } from './product-image.ts';
import { launcher, operator } from './product.ts';

interface Row {
  readonly image: string;
  readonly reference: string;
  readonly file: string;
}

const rows: (() => Promise<Row>)[] = [
  ...[operator, launcher].map((product) => async () => {
    const { reference, archive } = await ensureProductImage(product, console.error);
    return { image: product.name, reference, file: archive };
  }),
  ...Object.entries({ tiny: ensureTinyGuest, debian: ensureDebianGuest }).map(
    ([image, ensure]) =>
      async () => {
        const { file, sha256 } = await ensure();
        return { image, reference: `sha256:${sha256.slice(0, 12)}`, file };
      },
  ),
];

const table: Record<string, string>[] = [];
for (const build of rows) {
  const start = performance.now();
  const { image, reference, file } = await build();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const megabytes = ((await stat(file)).size / 1e6).toFixed(0);
  table.push({ IMAGE: image, REFERENCE: reference, MB: megabytes, SECONDS: seconds, FILE: file });
}
printTable(table);

function printTable(lines: readonly Record<string, string>[]): void {
  const columns = Object.keys(lines[0] ?? {});
  const width = (column: string) =>
    Math.max(column.length, ...lines.map((line) => (line[column] ?? '').length));
  for (const line of [Object.fromEntries(columns.map((column) => [column, column])), ...lines])
    console.log(
      columns
        .map((column) => (line[column] ?? '').padEnd(width(column)))
        .join('  ')
        .trimEnd(),
    );
}
