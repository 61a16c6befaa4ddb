import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const WAL_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** Numbers of the pages that a write-ahead log holds (sqlite.org/fileformat2.html, 4.1); none when there is no log. */
export const pagesInWal = (walPath: string, pageSize: number): ReadonlySet<number> => {
  const pages = new Set<number>();
  let file: number;
  try {
    file = openSync(walPath, 'r');
  } catch {
    return pages;
  }
  try {
    const header = Buffer.alloc(4);
    const end = fstatSync(file).size;
    for (let at = WAL_HEADER_BYTES; at + FRAME_HEADER_BYTES + pageSize <= end; at += FRAME_HEADER_BYTES + pageSize) {
      readSync(file, header, 0, 4, at);
      pages.add(header.readUInt32BE(0));
    }
    return pages;
  } finally {
    closeSync(file);
  }
};
