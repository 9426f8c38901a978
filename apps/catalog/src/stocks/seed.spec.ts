import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FIRST_STOCKS, readSeed } from './seed.js';

const ACME = { name: 'Acme & Sons', priceCents: 450, quantity: 7, maxTradingVolume: 0 };

function file(content: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'seed-')), 'seed');
  writeFileSync(path, content);
  return path;
}

describe('the first stocks', () => {
  it('are the ten of an exchange that was given no others', () => {
    expect(FIRST_STOCKS).toHaveLength(10);
    expect(FIRST_STOCKS.filter(({ maxTradingVolume }) => maxTradingVolume > 0)).toEqual([
      { name: 'BoarCo', priceCents: 3025, quantity: 1000, maxTradingVolume: 100 },
    ]);
  });

  it.each([
    ['JSON in the variable', '[{"name":"Acme & Sons","price":4.5,"quantity":7}]'],
    ['a JSON file', file('[{"name":"Acme & Sons","price":4.50,"quantity":7,"maxTradingVolume":0}]')],
    ['a CSV file', file('name,price,quantity,maxTradingVolume\n"Acme & Sons",4.50,7,0\n')],
    ['a CSV file with Windows line ends', file('name,price,quantity,maxTradingVolume\r\nAcme & Sons,4.5,7,0\r\n\r\n')],
    ['a CSV file of Excel', file('\ufeffname,price,quantity,maxTradingVolume\r\nAcme & Sons,4.5,7,0\r\n')],
    ['a JSON file with a byte order mark', file('\ufeff[{"name":"Acme & Sons","price":4.5,"quantity":7}]')],
  ])('may come from %s', (_, value) => {
    expect(readSeed(value)).toEqual([ACME]);
  });

  it.each([
    ['/nowhere/seed.csv', /cannot be read/],
    ['[{', /not valid JSON/],
    ['[{"name":"A","price":1.005,"quantity":1}]', /stock 1: price/],
    ['[{"name":"A","price":1,"quantity":-1}]', /stock 1: quantity/],
    ['[{"name":"A,B","price":1,"quantity":1}]', /stock 1: name/],
    ['[{"name":"A","price":1,"quantity":1},{"name":"A","price":2,"quantity":1}]', /A twice/],
    ['[{"name":"A","price":1,"quantity":1,"volume":3}]', /volume/],
    ['[1]', /no object/],
    ['[{"name":"..","price":1,"quantity":1}]', /stock 1: name must be .*neither/],
    ['[{"name":".","price":1,"quantity":1}]', /stock 1: name must be .*neither/],
    ['[{"name":"A","price":"1","quantity":1}]', /stock 1: price must be a number/],
    [[{ name: 'A', price: 1, quantity: '0x10' }], /stock 1: quantity must be an integer number, not "0x10"/],
    ['[{"name":"A","price":1}]', /stock 1: quantity must be an integer number, and is missing/],
    [file('name,price,quantity\nA,$1.50,1\n'), /stock 1: price must be a number with at most two .* not "\$1\.50"/],
    [file('name,price,quantity\nA,1,0x10\n'), /stock 1: quantity must be an integer number, not "0x10"/],
    [file('name,price,quantity\nA,1,1e1\n'), /stock 1: quantity must be an integer number, not "1e1"/],
    [file('name,price,quantity\nA,1," 5 "\n'), /stock 1: quantity must be an integer number, not " 5 "/],
    [file('name,price,quantity,maxTradingVolume\nA,1,many,0\n'), /quantity/],
    [file('name,price\nA,1,2,3\n'), /not valid CSV/],
  ])('%j is refused', (value, text) => {
    expect(() => readSeed(value)).toThrow(text);
  });
});
