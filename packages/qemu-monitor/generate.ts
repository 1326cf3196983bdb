/**
 * Turns src/generated/qmp-schema.json, the minimised `query-qmp-schema` of a QEMU, into src/generated/qmp.ts.
 * `--check` compares instead of writing, and exits 1 when the file is not up to date.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { renderSchema } from './schema/render.ts';
import type { CapturedSchema } from './schema/introspection.ts';

const source = join(import.meta.dirname, 'src/generated/qmp-schema.json');
const target = join(import.meta.dirname, 'src/generated/qmp.ts');

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
// The file is our own, written by schema/capture.ts.
const text = renderSchema(JSON.parse(await readFile(source, 'utf8')) as CapturedSchema);

if (!values.check) await writeFile(target, text);
else if ((await readFile(target, 'utf8')) !== text) {
  console.error('src/generated/qmp.ts is not up to date: run generate.ts');
  process.exitCode = 1;
}
