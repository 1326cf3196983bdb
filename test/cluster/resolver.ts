import { existsSync, readFileSync } from 'node:fs';

/**
 * The resolv.conf that holds in pods: systemd-resolved's stub listens on the machine's loopback, which is not
 * theirs, and keeps the real servers in a file of its own.
 */
export function resolvConf(): string {
  const behindStub = '/run/systemd/resolve/resolv.conf';
  return existsSync(behindStub) ? behindStub : '/etc/resolv.conf';
}

/** Addresses of the machine's name servers, in their order. */
export function nameServers(text = readFileSync(resolvConf(), 'utf8')): string[] {
  return [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, address]) => address ?? '');
}
