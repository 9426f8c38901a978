import type { Message } from '../src/core/messages.js';

/** Messages in transit, which move only when the script says so. */
export class Wire {
  private messages: Message[] = [];
  private readonly cuts = new Set<string>();
  private readonly lostTypes = new Set<string>();
  private readonly stashed = new Map<string, Message[]>();

  get all(): readonly Message[] {
    return this.messages;
  }

  send(messages: readonly Message[]): void {
    const isLost = ({ from, to, type }: Message): boolean =>
      this.cuts.has(`${from}->${to}`) || this.lostTypes.has(type);
    this.messages.push(...messages.filter((message) => !isLost(message)));
  }

  takeFirst(): Message | undefined {
    return this.messages.shift();
  }

  /** Takes messages off the wire. Arguments: a link or `all`, and optionally a type. */
  take([link = 'all', type]: readonly string[]): Message[] {
    const isMeant = (message: Message): boolean =>
      (link === 'all' || link === `${message.from}->${message.to}`) && (type === undefined || type === message.type);
    const taken = this.messages.filter(isMeant);
    this.messages = this.messages.filter((message) => !isMeant(message));
    return taken;
  }

  /** Takes messages off the wire and stores them, to be delivered later, or again. */
  keep(name: string, args: readonly string[]): void {
    this.stashed.set(name, this.take(args));
  }

  copy(name: string, args: readonly string[]): void {
    this.keep(name, args);
    this.messages.push(...this.kept(name));
  }

  kept(name: string): readonly Message[] {
    return this.stashed.get(name) ?? [];
  }

  /** Cuts a link such as `1->2`, or both directions between two members. */
  cut([first = '', second]: readonly string[]): void {
    if (second === undefined) this.cuts.add(first);
    else for (const link of [`${first}->${second}`, `${second}->${first}`]) this.cuts.add(link);
  }

  heal(): void {
    this.cuts.clear();
  }

  lose(type: string): void {
    this.lostTypes.add(type);
  }
}
