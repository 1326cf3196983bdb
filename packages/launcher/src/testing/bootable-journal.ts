/** A guest of a hundred bytes that boots at once: it numbers entries on its disk, and says each that the disk has taken. */
import { execFileSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { watched } from './watched.ts';
import { PATIENCE } from './patience.ts';

const SECTOR = 512;
const MIB = 1024 * 1024;
/**
 * Real mode, at 0x7c00. The number is the first word of the disk's second sector, which is read once, to 0x7e00; then, at
 * each tick of the timer: count, write the sector (int 0x13), and, if that went well, say the number on the first serial
 * port, as eight letters from A to P and a line feed.
 */
const CODE = Buffer.from(
  [
    '31c08ed88ec08ed0bc007c8816007afb', // segments, stack, drive; sti
    'b80102e83300', // read the sector
    'f466ff06007eb80103e82700721e', // next: hlt; inc the number; write the sector; jc undo
    '668b1e007eb9080066c1c30488d8240f0441e81f00e2f1b00ae81800ebd4', // say it; jmp next
    '66ff0e007eebcd', // undo: dec the number; jmp next
    'bb007eb9020030f68a16007acd13c3', // int 0x13 for the second sector
    '88c4bafd03eca82074fbbaf80388e0eec3', // put a character, once the port is free
  ].join(''),
  'hex',
);

/** A qcow2 image whose first cluster is there: what is written of it is in the host's file at once. */
export async function writeBootableJournal(file: string): Promise<void> {
  const raw = `${file}.raw`;
  const disk = Buffer.alloc(MIB);
  CODE.copy(disk);
  disk.writeUInt16LE(0xaa55, SECTOR - 2);
  await writeFile(raw, disk);
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, file]);
  await rm(raw);
}

/** The number that a disk holds, whoever has it open. */
export async function lastOnDisk(file: string): Promise<number> {
  const raw = `${file}.content`;
  execFileSync('qemu-img', [
    'dd',
    '-U',
    '-f',
    'qcow2',
    '-O',
    'raw',
    'bs=512',
    'count=2',
    `if=${file}`,
    `of=${raw}`,
  ]);
  const content = await readFile(raw);
  await rm(raw);
  return content.readUInt32LE(SECTOR);
}

/** The numbers that a console has told. */
export async function entriesOn(console: string): Promise<number[]> {
  const lines = (await readFile(console, 'latin1')).split('\n');
  return lines.filter((line) => /^[A-P]{8}$/.test(line)).map(numberOf);
}

/** Resolves once a console has told a number above. */
export async function entryAbove(console: string, number: number): Promise<void> {
  const look = async (): Promise<true | undefined> =>
    (await entriesOn(console)).some((entry) => entry > number) || undefined;
  await watched(console, look, AbortSignal.timeout(PATIENCE));
}

/** Letters that stand for hexadecimal digits. */
const numberOf = (line: string): number =>
  Buffer.from(line, 'latin1').reduce((sum, letter) => sum * 16 + letter - 'A'.charCodeAt(0), 0);
