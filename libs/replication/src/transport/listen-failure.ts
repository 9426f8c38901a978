import { isSystemError } from '../errors.js';

/** A server can't listen at its address, so this process is useless and should end with `exitCode`. */
export class ListenFailure extends Error {
  /** 1 if another process has the port, 2 if the address itself is wrong. */
  readonly exitCode: 1 | 2;

  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    super(explain(cause, host, port), { cause });
    this.name = 'ListenFailure';
    this.exitCode = cause.code === 'EADDRINUSE' ? 1 : 2;
  }

  /** Converts an error if the system refused the address; returns any other error unchanged. */
  static from(error: unknown, host: string, port: number): unknown {
    return isSystemError(error) ? new ListenFailure(host, port, error) : error;
  }
}

function explain({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  switch (String(code)) {
    case 'EADDRINUSE':
      return `port ${port} is taken by another process. Stop that one, or choose another port.`;
    case 'EADDRNOTAVAIL':
      return `cannot listen on ${address}: this machine has no address ${host}. Choose one that it has, 127.0.0.1 for example.`;
    case 'EACCES':
    case 'EPERM':
      return `cannot listen on ${address}: permission denied. Choose a port from 1024 on, or let this user have that one.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `cannot listen on ${address}: the name ${host} has no address. Correct it, or give an IP address.`;
    default:
      return `cannot listen on ${address}: ${message}. Choose another address.`;
  }
}
