import { randomBytes, timingSafeEqual } from 'node:crypto';
import {
  createServer,
  request as forward,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf } from '#service-kit';
import type { Control } from './control.js';

const HOST = '127.0.0.1';
/** Where the live page sends its control requests. */
const CONTROL_PATH = '/demo';
const MAX_REQUEST_BYTES = 4096;
/** Headers of one connection, not of what it carries (RFC 9110, 7.6.1). Node refuses some of them on a request of another form. */
const HOP_BY_HOP = new Set(
  'connection expect keep-alive proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade'.split(' '),
);
/** A gateway that is silent for longer is frozen: an open stream has a heartbeat every 15 s, all else a deadline. */
const SILENCE_LIMIT_MS = 20_000;

/**
 * Serves the live page of a demo, on this machine only. Its own part is one path, which takes control requests from whoever
 * has the token; only the address that the demo prints has it. It passes everything else on to the first gateway that
 * accepts a connection, so the page outlives the gateway that it has come from.
 */
export class PageServer {
  private readonly token = randomBytes(16).toString('base64url');
  private readonly server: Server;

  constructor(
    private readonly control: Pick<Control, 'answer'>,
    /** Gateways in the order in which to try them. */
    private readonly gateways: () => readonly string[],
  ) {
    // A client that hangs up in the middle of its request, or sends what can't be passed on, ends its own connection, not the demo.
    this.server = createServer((request, response) => {
      this.serve(request, response).catch(() => response.destroy());
    });
  }

  /** With the token in the fragment, which browsers send to nobody. */
  get url(): string {
    return `http://${this.host}/#${this.token}`;
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, HOST, resolve);
    });
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private get host(): string {
    return `${HOST}:${(this.server.address() as AddressInfo | null)?.port}`;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.on('error', () => response.destroy());
    // A page of another site can name this server in its own domain (DNS rebinding), and then is of the same origin.
    if (request.headers.host !== this.host) refuse(response, 403, 'this server answers only at its own address');
    else if (request.url !== CONTROL_PATH) this.pass(request, response, this.gateways());
    else if (request.method !== 'POST') refuse(response, 405, 'POST a control request');
    else if (!this.hasToken(request)) refuse(response, 401, 'open the address that the demo has printed');
    else await this.takeRequest(request, response);
  }

  private async takeRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readText(request);
    if (text === undefined) refuse(response, 413, 'a control request has a few bytes');
    else answer(response, 200, await this.control.answer(text));
  }

  private hasToken({ headers }: IncomingMessage): boolean {
    const given = Buffer.from(headers.authorization ?? '');
    const expected = Buffer.from(`Bearer ${this.token}`);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  private pass(request: IncomingMessage, response: ServerResponse, [gateway, ...others]: readonly string[]): void {
    if (gateway === undefined) {
      refuse(response, 503, 'no gateway runs; nothing was executed', { executed: 'no' });
      return;
    }
    const { method, url: path, headers } = request;
    // A connection of its own: one that was kept might be closed just now.
    const options = { method, path, headers: endToEnd(headers), agent: false, timeout: SILENCE_LIMIT_MS };
    const passed = forward(gateway, options);
    let isConnected = false;
    passed.on('socket', (socket) =>
      socket.once('connect', () => {
        isConnected = true;
        request.pipe(passed);
      }),
    );
    passed.on('timeout', () => passed.destroy(new Error('it is silent')));
    passed.on('response', (answered) => {
      response.writeHead(answered.statusCode ?? 502, endToEnd(answered.headers));
      answered.on('error', () => response.destroy());
      answered.pipe(response);
    });
    passed.on('error', (error) => {
      if (response.headersSent) response.destroy();
      // Nothing has been read of the request yet, so it can be given to another one.
      else if (!isConnected) this.pass(request, response, others);
      else refuse(response, 502, `the gateway gave no answer (${messageOf(error)})`, { executed: 'unknown' });
    });
    response.on('close', () => passed.destroy());
  }
}

function endToEnd(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function refuse(response: ServerResponse, code: number, message: string, details: object = {}): void {
  answer(response, code, { error: { code, message, ...details } });
}

/** Undefined when there is too much of it. */
async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if (chunks.reduce((sum, { length }) => sum + length, 0) > MAX_REQUEST_BYTES) return undefined;
  }
  return Buffer.concat(chunks).toString();
}
