/** Whether a text is a number as people write it: not hexadecimal, not in powers of ten, without spaces. */
export function isDecimal(text: string): boolean {
  return /^[+-]?\d+(\.\d+)?$/.test(text);
}
