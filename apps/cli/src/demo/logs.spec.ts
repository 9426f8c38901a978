import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogTail } from './log-tail.js';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'log-tail-'));
  path = join(directory, 'order-1.log');
});

afterEach(() => rmSync(directory, { recursive: true }));

describe('LogTail', () => {
  it('waits for a file that is not there yet, and for the ends of lines', () => {
    const tail = new LogTail(path);
    expect(tail.read()).toEqual([]);
    writeFileSync(path, 'one\ntw');
    expect(tail.read()).toEqual(['one']);
    appendFileSync(path, 'o\nthree\n');
    expect(tail.read()).toEqual(['two', 'three']);
    expect(tail.read()).toEqual([]);
  });

  it('leaves out what earlier runs wrote', () => {
    writeFileSync(path, 'old\n');
    const tail = new LogTail(path);
    appendFileSync(path, 'new\n');
    expect(tail.read()).toEqual(['new']);
  });

  it('puts characters together that were written in two parts', () => {
    const tail = new LogTail(path);
    const bytes = Buffer.from('Größe\n');
    writeFileSync(path, bytes.subarray(0, 3));
    expect(tail.read()).toEqual([]);
    appendFileSync(path, bytes.subarray(3));
    expect(tail.read()).toEqual(['Größe']);
  });
});
