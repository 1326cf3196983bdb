import { relative } from 'node:path';
import { execa } from 'execa';
import { buildImages, type BuiltImages } from '../../images/build.ts';
import { applyFirstVm, FIRST_VM, followBoot } from './first-vm.ts';
import { installOperator } from './operator.ts';
import { ensurePackages } from './packages.ts';
import { step } from './progress.ts';
import { prepareTarget, type Target, type TargetKind } from './target.ts';

/** The tiny guest's line when it is up; a cloud image ends its boot with a login prompt. */
const BOOTED = /GUEST-UP \d|login:/;

/** From nothing to a booted VM; what is there already stays and is brought up to date. */
export async function up(kind: TargetKind, instanceName: string): Promise<void> {
  // Before the rest: apt cannot run twice at once.
  if (kind === 'local') await ensurePackages();
  const [target, images] = await Promise.all([
    prepareTarget(kind, instanceName),
    kind === 'current' ? undefined : step('build the images', (log) => buildImages({ log })),
  ]);
  const references = images ? await loadAndName(target, images) : publishedImages();
  await step('install the operator', () =>
    installOperator({ ...target, ...(references && { images: references }) }),
  );
  const guest = images && (await target.serve(images));
  await step('apply the first VirtualMachine', () => applyFirstVm(target, guest));
  const bootLine = await step('boot its guest', (say) => followBoot(target, BOOTED, say));
  print(nextSteps(target, bootLine), await kubectlHint(target));
}

async function loadAndName(target: Target, images: BuiltImages) {
  await target.load(images);
  return { operator: images.operator.reference, launcher: images.launcher.reference };
}

/** On a cluster of the user's, images come from a registry: the chart's default one, or these. */
function publishedImages() {
  const { OPERATOR_IMAGE: operator, LAUNCHER_IMAGE: launcher } = process.env;
  return operator !== undefined && launcher !== undefined ? { operator, launcher } : undefined;
}

function nextSteps(target: Target, bootLine: string): string {
  const { namespace, name } = FIRST_VM;
  const environment =
    target.kubeconfig === undefined ? [] : [`  export KUBECONFIG=${shown(target.kubeconfig)}`];
  const vm = [
    `  kubectl get vm -o wide`,
    `  kubectl logs -f -n ${namespace} -l vm=${name} -c qemu`,
    `  kubectl patch vm ${name} --type merge -p '{"spec":{"running":false}}'`,
    `  deploy/test-vm-lifecycle.sh`,
  ];
  const said = ['', 'The guest says:', '', `  ${bootLine}`, ''];
  return [...said, 'Try next:', '', ...environment, ...vm, '', `Running: ${namespace}/${name}`, ''].join(
    '\n',
  );
}

async function kubectlHint(target: Target): Promise<string> {
  const { exitCode } = await execa('kubectl', ['version', '--client'], { reject: false });
  return exitCode === 0 ? '' : `kubectl is not on this machine's PATH; the built one is ${target.kubectl}\n`;
}

function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

function print(...texts: string[]): void {
  process.stdout.write(texts.join(''));
}
