/** Reports whether a text is a plain decimal number: not hexadecimal, without exponent or spaces. */
export function isDecimal(text: string): boolean {
  return /^[+-]?\d+(\.\d+)?$/.test(text);
}
