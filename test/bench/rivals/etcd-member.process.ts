/** One member of etcd, which takes its settings from the environment. Node is only there because our keeper starts nothing else. */
import { spawn } from 'node:child_process';

spawn('etcd', [], { stdio: 'inherit' }).once('exit', (code) => process.exit(code ?? 1));
