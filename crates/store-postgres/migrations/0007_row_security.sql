-- Why: a second lock on the walls between networks. Every statement names its network; should one ever forget to, the
-- database shows it nothing. It binds every role that does not own the tables: run services as such a role.
--
-- The subselect is evaluated once for each statement, not once for each row.

ALTER TABLE networks ENABLE ROW LEVEL SECURITY;
ALTER TABLE schools ENABLE ROW LEVEL SECURITY;
ALTER TABLE groups ENABLE ROW LEVEL SECURITY;
ALTER TABLE staff_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE staff_schools ENABLE ROW LEVEL SECURITY;
ALTER TABLE shared_passwords ENABLE ROW LEVEL SECURITY;
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_schools ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_groups ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_passwords ENABLE ROW LEVEL SECURITY;
ALTER TABLE staff_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE batches ENABLE ROW LEVEL SECURITY;
ALTER TABLE batch_reports ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_records ENABLE ROW LEVEL SECURITY;

CREATE POLICY one_network ON networks
    USING (network_id = (SELECT nullif(current_setting('staffroom.network_id', true), '')::uuid));
CREATE POLICY one_network ON schools
    USING (network_id = (SELECT nullif(current_setting('staffroom.network_id', true), '')::uuid));
CREATE POLICY one_network ON groups
    USING (network_id = (SELECT nullif(current_setting('staffroom.network_id', true), '')::uuid));
CREATE POLICY one_network ON staff_members
    USING (network_id = (SELECT nullif(current_setting('staffroom.network_id', true), '')::uuid));
CREATE POLICY one_network ON staff_schools
    USING (network_id = (SELECT nullif(current_setting('staffroom.network_id', true), '')::uuid));
CREATE POLICY one_network ON shared_passwords
    USING (network_id = (SELECT nullif(current_setting('staffroom.network_id', true), '')::uuid));
CREATE POLICY one_network ON users
    USING (network_id = (SELECT nullif(current_setting('staffroom.network_id', true), '')::uuid));
CREATE POLICY one_network ON user_schools
    USING (network_id = (SELECT nullif(current_setting('staffroom.network_id', true), '')::uuid));
CREATE POLICY one_network ON user_groups
    USING (network_id = (SELECT nullif(current_setting('staffroom.network_id', true), '')::uuid));
CREATE POLICY one_network ON user_passwords
    USING (network_id = (SELECT nullif(current_setting('staffroom.network_id', true), '')::uuid));
CREATE POLICY one_network ON staff_links
    USING (network_id = (SELECT nullif(current_setting('staffroom.network_id', true), '')::uuid));
CREATE POLICY one_network ON batches
    USING (network_id = (SELECT nullif(current_setting('staffroom.network_id', true), '')::uuid));
CREATE POLICY one_network ON batch_reports
    USING (network_id = (SELECT nullif(current_setting('staffroom.network_id', true), '')::uuid));
CREATE POLICY one_network ON audit_records
    USING (network_id = (SELECT nullif(current_setting('staffroom.network_id', true), '')::uuid));
