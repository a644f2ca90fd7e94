"""The facts and verdicts of a census with DuckDB: reads the columns from files, then times the rest."""

import sys
import time

import duckdb

folder, rounds, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
database = duckdb.connect()
database.execute(f"SET threads = {threads}")
database.execute(
    f"CREATE TABLE staff AS FROM read_csv('{folder}/staff.csv', header = true, columns = "
    "{'id': 'UBIGINT', 'email': 'VARCHAR', 'active': 'BOOLEAN', 'valid': 'BOOLEAN', 'here': 'BOOLEAN'})"
)
database.execute(
    f"CREATE TABLE users AS FROM read_csv('{folder}/users.csv', header = true, columns = "
    "{'id': 'UBIGINT', 'email': 'VARCHAR', 'staff': 'UBIGINT'})"
)
VERDICTS = """
CREATE OR REPLACE TEMP TABLE verdicts AS
SELECT (NOT s.active)::UTINYINT + 2 * (l.id IS NOT NULL)::UTINYINT + 4 * (s.email IS NULL)::UTINYINT
       + 8 * (s.email IS NOT NULL AND NOT s.valid)::UTINYINT + 16 * (s.valid AND h.id IS NOT NULL)::UTINYINT AS reasons,
       (NOT s.here)::UTINYINT + 2 * coalesce(s.valid AND e.sharing > 1, false)::UTINYINT AS warnings
FROM staff s
LEFT JOIN users h ON h.email = s.email
LEFT JOIN users l ON l.staff = s.id
LEFT JOIN (SELECT email, count(*) AS sharing FROM staff WHERE valid GROUP BY email) e ON e.email = s.email
"""
for _ in range(rounds):
    began = time.perf_counter()
    database.execute(VERDICTS)
    seconds = time.perf_counter() - began
    candidates, reasons, warnings = database.execute(
        "SELECT count(*) FILTER (reasons = 0), sum(reasons), sum(warnings) FROM verdicts"
    ).fetchone()
    print(seconds, candidates, int(reasons), int(warnings), flush=True)
