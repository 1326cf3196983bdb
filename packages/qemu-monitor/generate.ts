/**
 * Writes src/generated/qmp.ts from src/generated/qmp-schema.json, what QEMU's `query-qmp-schema` said.
 * `--capture` first asks the qemu-system-x86_64 on PATH anew.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { captureSchema, renderCaptured } from './src/generate/capture.ts';
import type { CapturedSchema } from './src/generate/introspection.ts';
import { renderSchema } from './src/generate/render.ts';

const generated = join(import.meta.dirname, 'src/generated');
const schemaFile = join(generated, 'qmp-schema.json');

/** The module of types, as text. */
export async function qmpTypes(): Promise<string> {
  // The file is our own, written by --capture.
  return renderSchema(JSON.parse(await readFile(schemaFile, 'utf8')) as CapturedSchema);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { capture: { type: 'boolean' } } });
  if (values.capture) await writeFile(schemaFile, renderCaptured(await captureSchema()));
  await writeFile(join(generated, 'qmp.ts'), await qmpTypes());
}
