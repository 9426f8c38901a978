import { Agent, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

/** Maximum length of an answer, in characters; the gateway sends none that is longer. */
const MAX_ANSWER_LENGTH = 16 * 1024 * 1024;

/** A JSON object. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body parsed as JSON; undefined if it is not JSON. */
  readonly json: unknown;
  readonly elapsedMs: number;
}

/** The error for a request that got no answer. */
export class NetworkFailure extends Error {
  constructor(
    message: string,
    /** False if the request was certainly never sent, so nothing can have been executed. */
    readonly mayHaveArrived: boolean,
    /** True if an idle connection was reset when it was used again: the server may just have closed it. */
    readonly wasReused = false,
  ) {
    super(message);
    this.name = 'NetworkFailure';
  }
}

export interface HttpClientOptions {
  /** `http://host:port`. */
  readonly url: string;
  /** Maximum number of connections. They are kept open. */
  readonly connections: number;
  /** Timeout of each request, from the call to the last byte of the answer, in milliseconds. */
  readonly timeoutMs: number;
}

export class HttpClient {
  private readonly agent: Agent;
  private readonly origin: URL;

  constructor(private readonly options: HttpClientOptions) {
    this.agent = new Agent({
      keepAlive: true,
      maxSockets: options.connections,
      maxFreeSockets: options.connections,
      // First in, first out: no connection stays idle until the server closes it.
      scheduling: 'fifo',
    });
    this.origin = new URL(options.url);
  }

  /** Resolves to the answer, whatever its status. Rejects with a `NetworkFailure` if there is none. */
  async send(wanted: HttpRequest): Promise<HttpAnswer> {
    const startedAt = performance.now();
    const { incoming, text } = await this.exchange(wanted);
    return {
      status: incoming.statusCode ?? 0,
      headers: incoming.headers,
      text,
      json: parseJson(text),
      elapsedMs: performance.now() - startedAt,
    };
  }

  close(): void {
    this.agent.destroy();
  }

  private exchange({ method, path, headers, body }: HttpRequest): Promise<{ incoming: IncomingMessage; text: string }> {
    const { timeoutMs } = this.options;
    return new Promise((resolve, reject) => {
      const outgoing = request({
        agent: this.agent,
        host: this.origin.hostname.replace(/^\[|\]$/g, ''),
        port: this.origin.port,
        method,
        path,
        headers: { ...headers, ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }) },
      });
      const timer = setTimeout(
        () => outgoing.destroy(new NetworkFailure(`no answer in ${timeoutMs} ms`, true)),
        timeoutMs,
      );
      const fail = (error: Error): void => {
        clearTimeout(timer);
        reject(toNetworkFailure(error, outgoing.reusedSocket));
      };
      outgoing.on('error', fail);
      outgoing.on('response', (incoming) => {
        readText(incoming).then((text) => {
          clearTimeout(timer);
          resolve({ incoming, text });
        }, fail);
      });
      outgoing.end(body);
    });
  }
}

async function readText(incoming: IncomingMessage): Promise<string> {
  incoming.setEncoding('utf8');
  let text = '';
  for await (const chunk of incoming) {
    text += String(chunk);
    if (text.length > MAX_ANSWER_LENGTH) throw new NetworkFailure('the answer is too long', true);
  }
  return text;
}

function toNetworkFailure(error: Error & { code?: string }, isReused: boolean): NetworkFailure {
  if (error instanceof NetworkFailure) return error;
  if (error.code === 'ECONNREFUSED') return new NetworkFailure('connection refused', false);
  const wasReused = isReused && error.code === 'ECONNRESET';
  return new NetworkFailure(`connection broke off (${error.code ?? error.message})`, true, wasReused);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
