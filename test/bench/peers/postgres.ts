import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts, type Processes } from '#harness';
import { ROOT } from '#harness';
import { ask } from '../../system/support/traffic.js';
import { waitFor } from '../../system/support/wait-for.js';
import { PROGRAM } from '../rivals/compiled.js';

const HOST = '127.0.0.1';
const SOURCES = join(ROOT, 'test', 'bench', 'peers');
/** Debian keeps the server's programs out of PATH, each version in a folder of its own. */
const DEBIAN = '/usr/lib/postgresql';
const PRIMARY = 'primary';
const STANDBYS = ['s1', 's2'];
/** Where trades get their numbers from, and the SQL function that does it: a counter row without gaps, or a sequence. */
const GATEWAYS = { pg: 'place', pgseq: 'place_gappy' };
/** The server refuses to run as root; Debian's package creates this user for it. */
const AS_SERVER_USER = process.getuid?.() === 0 ? ['--reuid=postgres', '--regid=postgres', '--init-groups'] : [];

/** Tells what to install; undefined when PostgreSQL is there. */
export function whyNoPostgres(): string | undefined {
  if (process.platform !== 'linux') return 'PostgreSQL is left out: only Linux has setpriv, which starts its servers';
  return programs() === undefined ? 'PostgreSQL is not installed: apt-get install postgresql' : undefined;
}

/** A primary whose commits wait for the disk of one of two standbys, behind two Fastify gateways. */
export class Postgres {
  private readonly programs = programs() ?? '';

  /** @param directory for the data of all servers */
  constructor(
    private readonly processes: Processes,
    private readonly directory: string,
  ) {}

  /** Resolves to the port of each gateway, by its name. */
  async start(): Promise<ReadonlyMap<string, number>> {
    const [port = 0, ...standbyPorts] = await freePorts(1 + STANDBYS.length);
    if (AS_SERVER_USER.length > 0) execFileSync('chown', ['postgres', this.directory]);
    await this.run('initdb', '-D', this.data(PRIMARY), '-U', 'postgres', '-A', 'trust');
    await this.startServer(PRIMARY, port, [`synchronous_standby_names=ANY 1 (${STANDBYS.join(',')})`]);
    for (const [i, name] of STANDBYS.entries()) {
      const at = ['-h', HOST, '-p', String(port), '-U', 'postgres'];
      await this.run('pg_basebackup', ...at, '-D', this.data(name), '-X', 'stream', '--checkpoint=fast');
      writeFileSync(join(this.data(name), 'standby.signal'), '');
      const primary = `host=${HOST} port=${port} user=postgres application_name=${name}`;
      await this.startServer(name, standbyPorts[i] ?? 0, [`primary_conninfo=${primary}`]);
    }
    await this.waitForStandbys(port);
    await this.sql(port, '-f', join(SOURCES, 'postgres-schema.sql'));
    return this.startGateways(port);
  }

  /** Ends the servers. They free their shared memory, which SIGKILL would leave behind. */
  async end(): Promise<void> {
    await Promise.all([PRIMARY, ...STANDBYS].map((name) => this.processes.end(name, 'SIGQUIT')));
  }

  private async startServer(name: string, port: number, settings: readonly string[]): Promise<void> {
    const all = [
      `port=${port}`,
      `listen_addresses=${HOST}`,
      'unix_socket_directories=',
      'max_connections=200',
      'shared_buffers=256MB',
      ...settings,
    ].flatMap((setting) => ['-c', setting]);
    const command = this.command('postgres', ['-D', this.data(name), ...all]);
    await this.processes.start({ name, main: PROGRAM, env: { PROGRAM: JSON.stringify(command) } });
    const isReady = (): Promise<boolean> =>
      this.run('pg_isready', '-q', '-h', HOST, '-p', String(port)).then(
        () => true,
        () => false,
      );
    await waitFor(`PostgreSQL's ${name} is ready`, isReady);
  }

  /** Both must be there: a commit then waits for the faster of two, as it waits for a majority of three elsewhere. */
  private async waitForStandbys(port: number): Promise<void> {
    const count = "select count(*) from pg_stat_replication where state = 'streaming' and sync_state = 'quorum'";
    const areThere = async (): Promise<boolean> => Number(await this.sql(port, '-t', '-c', count)) === STANDBYS.length;
    await waitFor('both standbys of PostgreSQL follow', areThere);
  }

  private async startGateways(serverPort: number): Promise<ReadonlyMap<string, number>> {
    const ports = await freePorts(Object.keys(GATEWAYS).length);
    const gateways = new Map<string, number>();
    for (const [i, [name, place]] of Object.entries(GATEWAYS).entries()) {
      const port = ports[i] ?? 0;
      const env = { PORT: String(port), PGPORT: String(serverPort), PLACE: place, NODE_ENV: 'production' };
      await this.processes.start({ name, main: join(SOURCES, 'postgres-gateway.mjs'), env });
      const answers = (): Promise<boolean> => ask(`http://${HOST}:${port}`, '/').then(Boolean, () => false);
      await waitFor(`the gateway ${name} answers`, answers);
      gateways.set(name, port);
    }
    return gateways;
  }

  private data(name: string): string {
    return join(this.directory, name);
  }

  private sql(port: number, ...args: readonly string[]): Promise<string> {
    const at = ['-h', HOST, '-p', String(port), '-U', 'postgres'];
    return this.run('psql', ...at, '-X', '-q', '-v', 'ON_ERROR_STOP=1', ...args);
  }

  /** Runs a program to its end. Resolves to its output. */
  private async run(program: string, ...args: readonly string[]): Promise<string> {
    const [file = '', ...rest] = this.command(program, args);
    return (await promisify(execFile)(file, rest, { cwd: this.directory })).stdout;
  }

  /**
   * The command line of a program that ends with its parent, however that ends: the parent of a server is killed before
   * the data are removed, and a server that went on would write meanwhile.
   */
  private command(program: string, args: readonly string[]): readonly string[] {
    return ['setpriv', ...AS_SERVER_USER, '--pdeathsig=QUIT', join(this.programs, program), ...args];
  }
}

/** The folder of the newest version; undefined when there is none. */
function programs(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')));
}
