/** Reads the header that all stored records begin with; the server has checked it. */
export function readHeader<Header>(buffer: ArrayBuffer): {
  header: Header;
  start: number;
} {
  const start = 8 + new DataView(buffer).getUint32(4, true);
  const text = new TextDecoder().decode(buffer.slice(8, start));
  return { header: JSON.parse(text) as Header, start };
}
