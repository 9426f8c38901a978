import { Injectable } from '@nestjs/common';

/** Which methods each path takes, learned from the OpenAPI document. */
@Injectable()
export class KnownRoutes {
  private readonly routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];

  /** Takes the `paths` of an OpenAPI document: `{"/orders/{number}": {"get": …}}`. */
  learn(paths: Readonly<Record<string, object>>): void {
    for (const [path, operations] of Object.entries(paths)) {
      const methods = Object.keys(operations).map((method) => method.toUpperCase());
      if (methods.includes('GET')) methods.push('HEAD');
      const source = path.split('/').map((part) => (part.startsWith('{') ? '[^/]+' : part.replaceAll('.', '\\.')));
      this.routes.push({ pattern: new RegExp(`^${source.join('/')}$`), methods: [...methods, 'OPTIONS'].sort() });
    }
  }

  /** The methods that the path of a URL takes; empty when there is no such path. */
  methodsOf(url: string): readonly string[] {
    const path = url.split(/[?#]/, 1)[0] ?? '';
    return this.routes.find((route) => route.pattern.test(path))?.methods ?? [];
  }
}
