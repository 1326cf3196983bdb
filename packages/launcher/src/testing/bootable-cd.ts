import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';

const SECTOR = 2048;
const CATALOG = 19;
const PROGRAM = 20;
const MAGIC = 'CD001\u0001';

/** What the CD writes on the first serial port. */
export const CD_GREETING = 'BOOTED-FROM-CD';

/** xor ax,ax; mov ds,ax; mov si,0x7c15; lodsb; test al,al; jz end; mov dx,0x3f8; out dx,al; jmp lodsb; end: hlt; jmp end */
const CODE = Buffer.from('31c08ed8be157cac84c07406baf803eeebf5f4ebfd', 'hex');

/**
 * Writes a qcow2 image of a CD that a BIOS boots, and that says so. It has no file system.
 * Source: the "El Torito" Bootable CD-ROM Format Specification 1.0.
 */
export async function writeBootableCd(file: string): Promise<void> {
  const raw = `${file}.raw`;
  const sectors = Buffer.alloc((PROGRAM + 16) * SECTOR);
  sectors.write(`\u0001${MAGIC}`, 16 * SECTOR, 'latin1');
  sectors.write(`\u0000${MAGIC}EL TORITO SPECIFICATION`, 17 * SECTOR, 'latin1');
  sectors.writeUInt32LE(CATALOG, 17 * SECTOR + 0x47);
  sectors.write(`\u00ff${MAGIC}`, 18 * SECTOR, 'latin1');
  bootCatalog().copy(sectors, CATALOG * SECTOR);
  Buffer.concat([CODE, Buffer.from(`${CD_GREETING}\r\n\0`)]).copy(sectors, PROGRAM * SECTOR);
  await writeFile(raw, sectors);
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, file]);
  await rm(raw);
}

function bootCatalog(): Buffer {
  const catalog = Buffer.alloc(64);
  catalog[0] = 1; // a validation entry, for x86; its words add up to zero
  catalog.writeUInt16LE(0x55aa, 0x1c);
  catalog.writeUInt16LE(0xaa55, 0x1e);
  catalog[0x20] = 0x88; // the default entry: bootable, as it is, at 0x7c00
  catalog.writeUInt16LE(4, 0x26); // of 512 bytes
  catalog.writeUInt32LE(PROGRAM, 0x28);
  return catalog;
}
