import { execa } from 'execa';

/** Installs those of the Debian packages that this machine lacks. */
export async function ensureHostPackages(packages: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const name of packages) if (!(await isInstalled(name))) missing.push(name);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0)
    throw new Error(`Missing packages: ${missing.join(' ')}. Run: sudo apt-get install ${missing.join(' ')}`);
  // Another apt may be at work: wait for its lock rather than fail.
  const apt = ['-o', 'DPkg::Lock::Timeout=600', '-y'];
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await execa('apt-get', [...apt, 'update'], { env, timeout: 600_000 });
  await execa('apt-get', [...apt, 'install', '--no-install-recommends', ...missing], {
    env,
    timeout: 900_000,
  });
}

async function isInstalled(name: string): Promise<boolean> {
  const { stdout, failed } = await execa('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], {
    reject: false,
  });
  return !failed && stdout === 'installed';
}
