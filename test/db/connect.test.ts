import { sql } from 'kysely';
import { expect, test } from 'vitest';

import { connect } from '../../db/connect.ts';
import { createTestDatabase } from '../servers/environment.ts';

test('a statement keeps its plan, and after a migration changed its answer it is planned anew', async () => {
  const db = connect(await createTestDatabase(), { connections: 1 });
  try {
    await sql`create table things (id integer)`.execute(db);
    const read = async () => sql`select * from things where id = ${1}`.execute(db);
    await read();
    const { rows } = await sql<{ statement: string }>`
      select statement from pg_prepared_statements
    `.execute(db);
    expect(rows).toEqual([{ statement: 'select * from things where id = $1' }]);
    await sql`alter table things add column name text`.execute(db);
    await sql`insert into things values (1, 'one')`.execute(db);
    await expect(read()).rejects.toThrow('cached plan must not change result type');
    expect((await read()).rows).toEqual([{ id: 1, name: 'one' }]);
  } finally {
    await db.destroy();
  }
});
