/** A tar's unit, in bytes: headers and contents fill whole blocks. */
const block = 512;

/**
 * The header of a plain file in a tar (POSIX ustar): owned by root, readable by all, of the epoch, so that the same
 * contents give the same archive.
 * @param name at most 100 bytes.
 * @param size of the contents, in bytes, below 8 GiB.
 */
export function tarHeader(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`a name in a tar has at most 100 bytes: ${name}`);
  if (size >= 8 * 2 ** 30) throw new Error(`a file in a tar has less than 8 GiB: ${name} has ${size} bytes`);
  const header = Buffer.alloc(block);
  const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, "0")}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(0, 12), 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\0" + "00", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** What follows contents of `size` bytes, up to the end of their last block. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((block - (size % block)) % block);
}

/** What ends a tar. */
export const tarEnd = Buffer.alloc(2 * block);
