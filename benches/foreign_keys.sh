#!/bin/sh
# What each foreign key of the PostgreSQL store costs: medians of the time, of the processor's time and of the write-ahead log, with it and without.
# On a machine with other work to do, go by the processor's time.
#
#     PGHOST=... PGUSER=... sh benches/foreign_keys.sh [rounds] [kinds]
#
# It takes a server on Linux to which `psql` connects as a superuser and which nobody else uses. Every run has a database of its own, copied from
# one that holds 100,000 staff members; the kinds of run take turns. The statements are those of the store, fed from a table. `kinds` is a pattern
# of the shell for the names below, all of them unless said: '*undo*'.
set -eu

rounds=${1:-5}
kinds=${2:-*}
here=$(cd "$(dirname "$0")" && pwd)
results=$(mktemp)
export PGOPTIONS='-c search_path=staffroom -c client_min_messages=warning'
sql() { psql -XqtA -v ON_ERROR_STOP=1 "$@"; }
drop() { for name in keys_run keys_roster keys_staff keys_users; do sql -d postgres -c "DROP DATABASE IF EXISTS $name"; done; }
trap 'drop; rm -f "$results"' EXIT

# The people, in a table of their own; a quarter of them are no candidates. Ids grow, as those of UUIDv7 do.
drop
sql -d postgres -c 'CREATE DATABASE keys_roster'
sql -d keys_roster -c 'CREATE SCHEMA staffroom'
for migration in "$here"/../crates/store-postgres/migrations/*.sql; do sql -d keys_roster -f "$migration"; done
sql -d keys_roster <<'SQL'
CREATE FUNCTION id(kind int, n int) RETURNS uuid IMMUTABLE LANGUAGE sql AS
    $$ SELECT (lpad(to_hex(n), 12, '0') || '7' || lpad(to_hex(kind), 3, '0') || '8' || substr(md5(n::text), 1, 15))::uuid $$;
INSERT INTO networks VALUES (id(0, 1), 'Lakeside');
INSERT INTO schools SELECT id(0, 1), id(1, n), 's' || n, 'School ' || n FROM generate_series(1, 50) n;
INSERT INTO groups VALUES (id(0, 1), id(2, 1), 'Teacher', 'teacher', '{}', true);
INSERT INTO shared_passwords VALUES (id(0, 1), id(3, 1), repeat('h', 97), now(), NULL);
CREATE TABLE people AS
    SELECT n, id(0, 1) AS network_id, id(4, n) AS staff_id, id(5, n) AS user_id, id(1, 1 + n % 50) AS school_id, n % 4 <> 0 AS active,
           'given' || n % 997 AS given, 'family' || n * 7919 % 100003 AS family, 'given' || n % 997 || '.f' || n || '@lakeside.example' AS email
    FROM generate_series(1, 100000) n;
CREATE UNIQUE INDEX ON people (n);
ANALYZE;
SQL

import="
INSERT INTO staff_members (network_id, staff_id, sis_id, given_name, family_name, given_key, family_key, active, email, email_key, school_ids)
    SELECT network_id, staff_id, 'T' || n, given, family, given, family, active, email, email, ARRAY[school_id] FROM people WHERE n BETWEEN :from AND :to;
INSERT INTO staff_links (network_id, staff_id, family_key, given_key, open)
    SELECT s.network_id, s.staff_id, family_key, given_key, open FROM staff_members s JOIN people USING (staff_id) WHERE n BETWEEN :from AND :to;
INSERT INTO staff_schools SELECT network_id, school_id, staff_id FROM people WHERE n BETWEEN :from AND :to;"
rename="UPDATE staff_members s SET family_name = family_name || 'x', family_key = family_key || 'x' FROM people p
    WHERE s.network_id = p.network_id AND s.staff_id = p.staff_id AND n % 10 = 0 AND n BETWEEN :from AND :to;"
users() {
    echo "INSERT INTO users (network_id, user_id, email, email_key, enabled, password_kind, password_at, shared_password_id, batch_id, created_at, revision)
    SELECT network_id, user_id, email, email, true, $1, id(6, 1), now(), 1 FROM people WHERE active AND n BETWEEN :from AND :to;
INSERT INTO user_schools SELECT network_id, user_id, school_id FROM people WHERE active AND n BETWEEN :from AND :to;
INSERT INTO user_groups SELECT network_id, user_id, id(2, 1) FROM people WHERE active AND n BETWEEN :from AND :to;
UPDATE staff_links l SET user_id = p.user_id FROM people p
    WHERE l.network_id = p.network_id AND l.staff_id = p.staff_id AND active AND n BETWEEN :from AND :to AND l.user_id IS NULL;"
}
plain=$(users '0, NULL, NULL')
shared=$(users '1, now(), id(3, 1)')
generated="$(users '2, now(), NULL')
INSERT INTO user_passwords SELECT network_id, user_id, repeat('h', 97) FROM people WHERE active AND n BETWEEN :from AND :to;"

gone='ARRAY(SELECT user_id FROM people WHERE active AND n BETWEEN :from AND :to)'
undo="
SELECT user_id, revision FROM users WHERE network_id = id(0, 1) AND user_id = ANY($gone) ORDER BY user_id FOR UPDATE \\g /dev/null
UPDATE staff_links SET user_id = NULL WHERE network_id = id(0, 1) AND user_id = ANY($gone);
DELETE FROM users WHERE network_id = id(0, 1) AND user_id = ANY($gone);"

# Ticks of the processor that the server has spent on this connection, ten milliseconds each.
cpu="(SELECT split_part(stat, ' ', 14)::int + split_part(stat, ' ', 15)::int FROM pg_read_file('/proc/self/stat') AS stat)"
# In one transaction, 5,000 staff members at a time: prints milliseconds, the processor's too, and megabytes of log.
work() {
    printf '%s\n' 'CHECKPOINT;' "SELECT clock_timestamp() AS began, $cpu AS cpu, pg_current_wal_insert_lsn() AS lsn \\gset" 'BEGIN;'
    for chunk in $(seq 0 19); do
        printf '%s\n' "\\set from $((chunk * 5000 + 1))" "\\set to $((chunk * 5000 + 5000))" "SAVEPOINT attempt;" "$1" "RELEASE SAVEPOINT attempt;"
    done
    printf '%s\n' 'COMMIT;' "SELECT round(extract(epoch FROM clock_timestamp() - :'began') * 1000), 10 * ($cpu - :cpu), round((pg_current_wal_insert_lsn() - :'lsn') / 1e6);"
}
sql -d postgres -c 'CREATE DATABASE keys_staff TEMPLATE keys_roster'
work "$import" | sql -d keys_staff > /dev/null
sql -d keys_staff -c 'VACUUM ANALYZE'
sql -d postgres -c 'CREATE DATABASE keys_users TEMPLATE keys_staff'
work "$plain" | sql -d keys_users > /dev/null
sql -d keys_users -c 'VACUUM ANALYZE'

# What is done, on which database, and without which keys (table:constraint ...).
run() {
    what=$1 database=$2 statements=$3
    shift 3
    case $what in
    $kinds) ;;
    *) return ;;
    esac
    sql -d postgres -c 'DROP DATABASE IF EXISTS keys_run' -c "CREATE DATABASE keys_run TEMPLATE $database"
    for key; do sql -d keys_run -c "ALTER TABLE ${key%%:*} DROP CONSTRAINT ${key##*:}"; done
    work "$statements" | sql -d keys_run | tr '|' ' ' | while read -r time cpu log; do echo "$what;$time;$cpu;$log" >> "$results"; done
}
schools=user_schools:user_schools_network_id_user_id_fkey
groups=user_groups:user_groups_network_id_user_id_fkey
passwords=user_passwords:user_passwords_network_id_user_id_fkey
links=staff_links:staff_links_network_id_user_id_fkey
members=staff_links:staff_links_network_id_family_key_given_key_staff_id_open_fkey
sessions=sessions:sessions_network_id_user_id_fkey
resets=resets:resets_network_id_user_id_fkey
invitations=invitations:invitations_network_id_user_id_fkey
for _ in $(seq "$rounds"); do
    run '1 users: every key' keys_staff "$plain"
    run '2 users: without user_schools -> users' keys_staff "$plain" $schools
    run '3 users: without user_groups -> users' keys_staff "$plain" $groups
    run '4 users: without staff_links -> users' keys_staff "$plain" $links
    run '5 users: without staff_links -> staff_members' keys_staff "$plain" $members
    run '6 users: none of these' keys_staff "$plain" $schools $groups $links $members
    run '7 shared password: every key' keys_staff "$shared"
    run '8 generated passwords: every key' keys_staff "$generated"
    run '9 generated passwords: without user_passwords -> users' keys_staff "$generated" $passwords
    run 'c import: every key' keys_roster "$import"
    run 'd import: without staff_links -> staff_members' keys_roster "$import" $members
    run 'e 10,000 renamed: every key' keys_staff "$rename"
    run 'f 10,000 renamed: without staff_links -> staff_members' keys_staff "$rename" $members
    run 'g undo: every key' keys_users "$undo"
    run 'h undo: without sessions, resets, invitations -> users' keys_users "$undo" $sessions $resets $invitations
done
for what in $(cut -d ';' -f 1 "$results" | sort -u | tr ' ' '~'); do
    median() { grep -F "$(echo "$what" | tr '~' ' ');" "$results" | cut -d ';' -f "$1" | sort -n | sed -n "$((rounds / 2 + 1))p"; }
    printf '%-56s %6d ms, processor %6d ms, log %4d MB\n' "$(echo "${what#??}" | tr '~' ' ')" "$(median 2)" "$(median 3)" "$(median 4)"
done
