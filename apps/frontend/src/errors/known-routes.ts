interface Route {
  /** `/orders/{number}` */
  readonly template: string;
  readonly pattern: RegExp;
  readonly methods: readonly string[];
}

/** Which paths there are and which methods each of them takes, learned from the OpenAPI document. */
export class KnownRoutes {
  private readonly routes: Route[] = [];

  /** Takes the `paths` of an OpenAPI document: `{"/orders/{number}": {"get": …}}`. */
  learn(paths: Readonly<Record<string, object>>): void {
    for (const [template, operations] of Object.entries(paths)) {
      const methods = Object.keys(operations).map((method) => method.toUpperCase());
      if (methods.includes('GET')) methods.push('HEAD');
      const source = template.split('/').map((part) => (part.startsWith('{') ? '[^/]+' : part.replaceAll('.', '\\.')));
      const pattern = new RegExp(`^${source.join('/')}$`);
      this.routes.push({ template, pattern, methods: [...methods, 'OPTIONS'].sort() });
    }
  }

  /** The methods that the path of a URL takes; empty when there is no such path. Of `*`, those that any path takes. */
  methodsOf(url: string): readonly string[] {
    if (url === '*') return [...new Set(this.routes.flatMap(({ methods }) => methods))].sort();
    return this.find(url)?.methods ?? [];
  }

  /** The template of a URL's path; undefined when there is no such path. */
  templateOf(url: string): string | undefined {
    return this.find(url)?.template;
  }

  private find(url: string): Route | undefined {
    const path = pathOf(url);
    return this.routes.find(({ pattern }) => pattern.test(path));
  }
}

/** The path of a request's URL, which is itself a path or, as a proxy is sent it, a whole address. */
function pathOf(url: string): string {
  const path = url.replace(/^https?:\/\/[^/?#]*/i, '');
  return path.split(/[?#]/, 1)[0] || '/';
}
