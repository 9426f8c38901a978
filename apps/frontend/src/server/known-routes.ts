import type { IncomingMessage, ServerResponse } from 'node:http';
import { ServiceError } from '#contracts';
import { answerError } from '../errors/error-body.js';

interface Route {
  /** `/orders/{number}` */
  readonly template: string;
  readonly pattern: RegExp;
  readonly methods: readonly string[];
}

/** The paths of the OpenAPI document and their methods: for 404, 405 and `Allow`, and as labels of the metrics. */
export class KnownRoutes {
  private readonly routes: Route[] = [];

  /** Adds the `paths` of an OpenAPI document: `{"/orders/{number}": {"get": …}}`. */
  learn(paths: Readonly<Record<string, object>>): void {
    for (const [template, operations] of Object.entries(paths)) {
      const methods = Object.keys(operations).map((method) => method.toUpperCase());
      if (methods.includes('GET')) methods.push('HEAD');
      const source = template.split('/').map((part) => (part.startsWith('{') ? '[^/]+' : part.replaceAll('.', '\\.')));
      const pattern = new RegExp(`^${source.join('/')}$`);
      this.routes.push({ template, pattern, methods: [...methods, 'OPTIONS'].sort() });
    }
  }

  /** Returns the template of a URL's path; undefined when there is no such path. */
  templateOf(url: string): string | undefined {
    return this.find(url)?.template;
  }

  /** Answers a request that has no handler: 404, 405, or the methods that OPTIONS asks for. */
  readonly answerUnhandled = (request: IncomingMessage, response: ServerResponse): void => {
    const allowed = this.methodsOf(request.url ?? '/');
    if (allowed.length === 0) {
      answerError(request, response, new ServiceError('ROUTE_NOT_FOUND'));
      return;
    }
    response.setHeader('Allow', allowed.join(', '));
    if (request.method === 'OPTIONS') response.writeHead(204).end();
    else answerError(request, response, new ServiceError('METHOD_NOT_ALLOWED'));
  };

  /** Returns the methods of a URL's path; empty when there is no such path. For `*`, those of all paths. */
  private methodsOf(url: string): readonly string[] {
    if (url === '*') return [...new Set(this.routes.flatMap(({ methods }) => methods))].sort();
    return this.find(url)?.methods ?? [];
  }

  private find(url: string): Route | undefined {
    const path = pathOf(url);
    return this.routes.find(({ pattern }) => pattern.test(path));
  }
}

/** Returns the path of a request's URL, which is itself a path or, when sent to a proxy, an absolute URL. */
function pathOf(url: string): string {
  const path = url.replace(/^https?:\/\/[^/?#]*/i, '');
  return path.split(/[?#]/, 1)[0] || '/';
}
