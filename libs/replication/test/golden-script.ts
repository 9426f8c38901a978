import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stage } from './stage.js';

const BORDER = '----';

/** A golden script: commands above the border, and below it their exact trace. */
export interface GoldenScript {
  readonly name: string;
  readonly file: string;
  readonly commands: string;
  /** Present contents of the file. */
  readonly text: string;
}

export function readGoldenScripts(folder: string): GoldenScript[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.script'))
    .sort()
    .map((name) => {
      const file = join(folder, name);
      const text = readFileSync(file, 'utf8');
      const [commands = ''] = text.split(`${BORDER}\n`);
      return { name: name.replace('.script', ''), file, commands: commands.trimEnd(), text };
    });
}

/** Plays the commands and returns the expected contents of the file. */
export function play({ commands }: GoldenScript): string {
  return `${commands}\n\n${BORDER}\n${new Stage().play(commands)}`;
}
