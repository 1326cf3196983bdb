import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build as bundle, type Metafile, type Plugin } from 'esbuild';

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

/** Without it Node.js would compile each file as CommonJS first. */
const MANIFEST = { path: 'package.json', contents: new TextEncoder().encode('{"type":"module"}\n') };

/**
 * An import of one of Node's modules evaluates every export of it, the lazy ones too: `node:http` loads a whole HTTP
 * client, WebSocket and all, which is 11 MiB. Taken as the object that it is, a module loads what is used.
 */
const builtinsWithoutFacades: Plugin = {
  name: 'builtins-without-facades',
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'require-call' ? undefined : { path, namespace: 'builtin' },
    );
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}')`,
    }));
  },
};

const REPOSITORY = resolve(import.meta.dirname, '..');

/** The path of a bundle's file that can be run, to its source below `packages`. */
export type EntryPoints = Readonly<Record<string, string>>;

/** Bundles entry points, of one workspace package or of several; they share the code that they have in common. */
export async function bundlePackages(entryPoints: EntryPoints): Promise<Bundle> {
  const packages = join(REPOSITORY, 'packages');
  const outdir = join(packages, 'dist');
  const { outputFiles, metafile } = await bundle({
    absWorkingDir: REPOSITORY,
    entryPoints: Object.entries(entryPoints).map(([path, source]) => ({
      in: join(packages, source),
      out: path.replace(/\.js$/, ''),
    })),
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
    plugins: [builtinsWithoutFacades],
    // CommonJS dependencies call `require` for Node's own modules.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  const files = outputFiles.map(({ path, contents }) => ({ path: relative(outdir, path), contents }));
  return { files: [...files, MANIFEST], packages: bundledPackages(metafile) };
}

function bundledPackages({ inputs }: Metafile): NpmPackage[] {
  const sources = Object.keys(inputs).filter((input) => !input.startsWith('builtin:'));
  const roots = new Set(sources.map((input) => packageRoot(join(REPOSITORY, dirname(input)))));
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
