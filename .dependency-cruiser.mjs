/** Who may import whom: `make check` holds the code to ARCHITECTURE.md. */
const packages = '^packages';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'What two files share has a file of its own below them.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'independent-foundations',
      comment: 'api, kube and qemu-monitor stand alone.',
      severity: 'error',
      from: { path: `${packages}/(api|kube|qemu-monitor)/` },
      to: { path: `${packages}/(?!$1/)` },
    },
    {
      name: 'operator-and-launcher-apart',
      comment: 'They are upgraded one after the other, and know of each other only what api says.',
      severity: 'error',
      from: { path: `${packages}/(operator|launcher)/` },
      to: { path: `${packages}/(operator|launcher)/`, pathNot: `${packages}/$1/` },
    },
    {
      name: 'plans-are-pure',
      comment: 'A plan looks at what was observed, and does nothing.',
      severity: 'error',
      from: { path: `${packages}/launcher/src/machine/plan/`, pathNot: '\\.test\\.ts$' },
      to: {
        path: `(${packages}/launcher/src/machine/(execute|jobs|state|observe/(?!observed\\.ts$))|^(node:)?(fs|child_process|net|https?)($|/))`,
      },
    },
    {
      name: 'no-tests-in-products',
      comment: 'Test code stays out of the images.',
      severity: 'error',
      from: { path: `${packages}/`, pathNot: '(\\.test\\.ts$|/(testing|generate)/)' },
      to: { path: '(\\.test\\.ts$|/testing/|^test/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules|generated)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
