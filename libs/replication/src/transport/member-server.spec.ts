import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ListenFailure } from './listen-failure.js';
import { MemberServer, type MemberServerOptions } from './member-server.js';

const opened: { close(): unknown }[] = [];

afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

function listen(options: MemberServerOptions): Promise<MemberServer> {
  const server = new MemberServer(options);
  opened.push(server);
  return new Promise((resolve, reject) => {
    server.listen((error) => {
      if (error instanceof Error) reject(error);
      else resolve(server);
    });
  });
}

async function client(server: MemberServer): Promise<Socket> {
  const { port } = server.unwrap<Server>().address() as AddressInfo;
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  opened.push({ close: () => socket.destroy() });
  await once(socket, 'connect');
  return socket;
}

/** A message that is answered with "no handler", which proves that it was parsed. */
const MESSAGE = frame('{"pattern":"none","data":{},"id":"1"}');

function frame(text: string): string {
  return `${text.length}#${text}`;
}

async function say(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

describe('a member that cannot listen', () => {
  it('reports that its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    opened.push(other);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const failure = listen({ host: '127.0.0.1', port });
    await expect(failure).rejects.toThrow(`port ${port} is taken`);
    await expect(failure).rejects.toMatchObject({ exitCode: 1 });
  });

  it.each([
    ['192.0.2.1', /^cannot listen on 192\.0\.2\.1:7101: this machine has no address 192\.0\.2\.1/],
    ['no-such-name.invalid', /^cannot listen on no-such-name\.invalid:7101: the name .* has no address/],
    // Needs a zone: the error code is not handled specially.
    ['fe80::1', /^cannot listen on \[fe80::1\]:7101: /],
  ])('fails instead of running without a port: %s', async (host, text) => {
    const failure = listen({ host, port: 7101 });
    await expect(failure).rejects.toThrow(text);
    await expect(failure).rejects.toMatchObject({ exitCode: 2 });
    await expect(failure).rejects.toBeInstanceOf(ListenFailure);
  });
});

describe('a connection to a member', () => {
  it('is closed if it stays silent, and kept once it has sent a message', async () => {
    const server = await listen({ host: '127.0.0.1', port: 0, messageTimeoutMs: 100 });
    const peer = await client(server);
    expect(await say(peer, MESSAGE)).toContain('no matching message handler');
    await once(await client(server), 'close');
    expect(await say(peer, MESSAGE)).toContain('no matching message handler');
  });

  it.each(['', MESSAGE])('is closed if a message arrives byte by byte, first or after another: %j', async (before) => {
    const server = await listen({ host: '127.0.0.1', port: 0, messageTimeoutMs: 300 });
    const socket = await client(server);
    if (before !== '') await say(socket, before);
    socket.write('1000#');
    const drip = setInterval(() => socket.write('x'), 20);
    // Not `once` of node:events, which rejects on a reset. Here a reset is one of two valid ends.
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(drip);
  });

  it('replaces the oldest silent connection, and never that of a peer', async () => {
    const server = await listen({ host: '127.0.0.1', port: 0, maxUnidentified: 2 });
    const peer = await client(server);
    await say(peer, MESSAGE);
    const strangers = [await client(server), await client(server), await client(server)];
    await once(strangers[0]!, 'close');
    expect(await say(strangers[2]!, MESSAGE)).toContain('no matching message handler');
    expect(await say(peer, MESSAGE)).toContain('no matching message handler');
  });
});
