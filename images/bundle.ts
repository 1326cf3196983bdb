import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build, type Metafile } from 'esbuild';

export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

export interface Bundle {
  /** Paths relative to the bundle's own directory. */
  readonly files: readonly { readonly path: string; readonly contents: Uint8Array }[];
  /** What is inside, sorted by name; our own packages among them. */
  readonly packages: readonly NpmPackage[];
}

const REPOSITORY = resolve(import.meta.dirname, '..');

/** Bundles a workspace package's entry points, which keep their places below its `src`. */
export async function bundlePackage(name: string, entryPoints: readonly string[]): Promise<Bundle> {
  const directory = join(REPOSITORY, 'packages', name);
  const outdir = join(directory, 'dist');
  const { outputFiles, metafile } = await build({
    absWorkingDir: REPOSITORY,
    entryPoints: entryPoints.map((entry) => join(directory, 'src', entry)),
    outbase: join(directory, 'src'),
    outdir,
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Not minified: an uncaught error prints its source line, and stack traces stay readable.
    legalComments: 'eof',
    // CommonJS dependencies call `require` for Node's own modules.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  const files = outputFiles.map(({ path, contents }) => ({ path: relative(outdir, path), contents }));
  return { files, packages: bundledPackages(metafile) };
}

function bundledPackages({ inputs }: Metafile): NpmPackage[] {
  const roots = new Set(Object.keys(inputs).map((input) => packageRoot(join(REPOSITORY, dirname(input)))));
  const packages = [...roots].map((root) => readPackage(root));
  const unique = new Map(packages.map((item) => [`${item.name}@${item.version}`, item]));
  return [...unique.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

/** The nearest directory whose manifest names a package; some packages hold manifests that only say `type`. */
function packageRoot(directory: string): string {
  const manifest = readManifest(directory);
  if (manifest?.name !== undefined && manifest.version !== undefined) return directory;
  const parent = dirname(directory);
  if (parent === directory) throw new Error('A bundled file belongs to no package');
  return packageRoot(parent);
}

function readPackage(root: string): NpmPackage {
  const { name = root, version = '', license } = readManifest(root) ?? {};
  return { name, version, license: license ?? 'NOASSERTION' };
}

function readManifest(directory: string): { name?: string; version?: string; license?: string } | undefined {
  try {
    // Installed manifests were checked by the package manager.
    return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Partial<NpmPackage>;
  } catch {
    return undefined;
  }
}
