import { TcpProxy } from './tcp-proxy.js';

/** Proxied connections between processes: one wire from each caller to each process that it calls. */
export class Wires {
  private readonly wires = new Map<string, TcpProxy>();

  /** @param ports ports of all processes by name; gateways call members, and order replicas and catalogs call each other */
  async lay(callers: readonly string[], ports: Readonly<Record<string, number>>): Promise<void> {
    for (const from of callers) {
      for (const [to, port] of Object.entries(ports))
        if (isCalled(from, to)) this.wires.set(`${from} ${to}`, await TcpProxy.start(port));
    }
  }

  /** Returns the port at which `from` reaches `to`; undefined if there is no wire. */
  port(from: string, to: string): number | undefined {
    return this.wires.get(`${from} ${to}`)?.port;
  }

  /** Returns the wire from one process to another. */
  between(from: string, to: string): TcpProxy {
    const wire = this.wires.get(`${from} ${to}`);
    if (!wire) throw new RangeError(`there is no wire from ${from} to ${to}`);
    return wire;
  }

  /** Returns all wires from one process to those of an app. */
  toEach(from: string, app: string): readonly TcpProxy[] {
    return [...this.wires].filter(([name]) => name.startsWith(`${from} ${app}-`)).map(([, wire]) => wire);
  }

  close(): void {
    for (const wire of this.wires.values()) wire.stop();
  }
}

function isCalled(from: string, to: string): boolean {
  const app = (name: string): string => name.split('-')[0] ?? '';
  return app(to) !== 'frontend' && app(to) !== app(from);
}
