-- A copy of the schema, hash-partitioned by network, made from the catalogue alone: what a distributed PostgreSQL does
-- with it. Every table, key, foreign key, index and policy is the one that the migrations made.

CREATE TEMP TABLE foreign_keys AS
    SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) AS definition
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.connamespace = 'staffroom'::regnamespace AND k.contype = 'f';

CREATE TEMP TABLE policies AS
    SELECT c.relname, p.polname, pg_get_expr(p.polqual, p.polrelid) AS qualification
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'staffroom'::regnamespace;

CREATE TEMP TABLE copied AS
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'staffroom'::regnamespace AND c.relkind = 'r' AND c.relname <> '_sqlx_migrations';

DO $$
DECLARE
    name text;
    part integer;
    key record;
BEGIN
    CREATE SCHEMA whole;
    FOR name IN SELECT relname FROM copied LOOP
        EXECUTE format('ALTER TABLE staffroom.%I SET SCHEMA whole', name);
        EXECUTE format('CREATE TABLE staffroom.%I (LIKE whole.%I INCLUDING ALL) PARTITION BY HASH (network_id)', name, name);
        FOR part IN 0..3 LOOP
            EXECUTE format('CREATE TABLE staffroom.%I PARTITION OF staffroom.%I FOR VALUES WITH (MODULUS 4, REMAINDER %s)',
                           name || '_' || part, name, part);
        END LOOP;
        EXECUTE format('ALTER TABLE staffroom.%I ENABLE ROW LEVEL SECURITY', name);
    END LOOP;
    FOR key IN SELECT * FROM policies LOOP
        EXECUTE format('CREATE POLICY %I ON staffroom.%I USING (%s)', key.polname, key.relname, key.qualification);
    END LOOP;
    SET LOCAL search_path = staffroom;
    FOR key IN SELECT * FROM foreign_keys LOOP
        EXECUTE format('ALTER TABLE staffroom.%I ADD CONSTRAINT %I %s', key.relname, key.conname,
                       replace(key.definition, ' whole.', ' '));
    END LOOP;
    DROP SCHEMA whole CASCADE;
END $$;
