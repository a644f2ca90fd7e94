-- Why: when a user was last invited to sign in, so that nobody is twice in a day.

CREATE TABLE invitations (
    network_id uuid NOT NULL,
    user_id    uuid NOT NULL,
    invited_at timestamptz NOT NULL,
    PRIMARY KEY (network_id, user_id),
    FOREIGN KEY (network_id, user_id) REFERENCES users ON DELETE CASCADE
);

ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_network ON invitations
    USING (network_id = (SELECT nullif(current_setting('staffroom.network_id', true), '')::uuid));
