// Fastify and PostgreSQL, one function call a trade. Environment: PORT, PGPORT, PLACE (place or place_gappy).
import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';

const { PORT, PGPORT, PLACE } = process.env;
const app = Fastify({ logger: false });
const pool = new pg.Pool({ host: '127.0.0.1', port: Number(PGPORT), user: 'postgres', max: 32 });

app.post('/orders', async ({ body: { name, type, quantity }, headers }, reply) => {
  const key = headers['idempotency-key'] ?? randomUUID();
  const query = { name: 'trade', text: `select ${PLACE}($1,$2,$3,$4) n`, values: [key, name, type, quantity] };
  const number = Number((await pool.query(query)).rows[0].n);
  reply.header('idempotency-key', key);
  // A refusal costs next to nothing: it must not count as a trade.
  if (number < 0) reply.code(409);
  return { data: { transaction_number: number } };
});
await app.listen({ port: Number(PORT), host: '127.0.0.1' });
