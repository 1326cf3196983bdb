import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { documented, manifestsIn, shownCommand } from './documents.ts';

const tests = join(import.meta.dirname, '..');
const sources = globSync('**/*.ts', { cwd: tests, exclude: (path) => path.endsWith('.test.ts') })
  .map((file) => readFileSync(join(tests, file), 'utf8'))
  .join('\n');
const guides = readdirSync(join(tests, '../../docs/guides')).map((file) => file.replace('.md', ''));

const LITERAL = /\s*(?:'([^']+)'|"([^"]+)")/;

/** The document and what is taken of it, in each call of the function. */
const calls = (beginning: string): string[][] =>
  [...sources.matchAll(new RegExp(`${beginning}${LITERAL.source},${LITERAL.source}`, 'g'))].map((call) =>
    call.slice(1).filter(Boolean),
  );
const applied = calls('\\bdocumented\\(');
const typed = calls('\\btype\\(\\s*scene,');

describe('the documentation', () => {
  for (const document of ['README', ...guides]) {
    it(`shows no manifest in ${document} that no test applies`, () => {
      const run = new Set(applied.filter(([of]) => of === document).map(([, name]) => name));
      const left = manifestsIn(document).filter(({ name, notRun }) => notRun === undefined && !run.has(name));
      assert.deepEqual(
        left.map(({ name }) => name),
        [],
      );
    });

    it(`names each manifest in ${document} otherwise`, () => {
      const names = manifestsIn(document).map(({ name }) => name);
      assert.deepEqual(names, [...new Set(names)]);
    });
  }

  it('shows every manifest that a test applies, and every command that one types', () => {
    assert.ok(applied.length > 0 && typed.length > 0);
    for (const [document = '', name = ''] of applied) documented(document, name as 'VMImage/');
    for (const [document = '', beginning = ''] of typed) shownCommand(document, beginning);
  });

  it('is put on the test cluster only where it says what is put elsewhere', () => {
    const [{ name } = { name: '' }] = manifestsIn('README');
    assert.throws(
      () => documented('README', name as 'VMImage/', { 'not in it': '' }),
      /There is no "not in it"/,
    );
  });
});
