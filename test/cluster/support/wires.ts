import { TcpProxy } from './tcp-proxy.js';

/** Connections between processes that lead through proxies: from each caller one wire to each process that it calls. */
export class Wires {
  private readonly wires = new Map<string, TcpProxy>();

  /** @param ports of all processes by name; gateways call members, and orders and catalogs each other */
  async lay(callers: readonly string[], ports: Readonly<Record<string, number>>): Promise<void> {
    for (const from of callers) {
      for (const [to, port] of Object.entries(ports))
        if (isCalled(from, to)) this.wires.set(`${from} ${to}`, await TcpProxy.start(port));
    }
  }

  /** The port at which `from` reaches `to`; undefined where no wire is. */
  port(from: string, to: string): number | undefined {
    return this.wires.get(`${from} ${to}`)?.port;
  }

  /** The wire from one process to another. */
  between(from: string, to: string): TcpProxy {
    const wire = this.wires.get(`${from} ${to}`);
    if (!wire) throw new RangeError(`there is no wire from ${from} to ${to}`);
    return wire;
  }

  /** All wires from one process to those of an app. */
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
