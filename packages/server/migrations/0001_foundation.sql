-- Accounts, sessions, chats, messages and files. Names ending in _key are folded in JavaScript (NFKC, lower case), never here.

-- Secrets of the instance, made at first start: part of every backup, never from the environment.
CREATE TABLE instance_secrets (
  name text PRIMARY KEY,
  value bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- One row for ever: who came first. Locked only by registrations of an empty instance.
CREATE TABLE instance (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  first_user_id bigint
);
INSERT INTO instance DEFAULT VALUES;

-- The public profile. A deleted account keeps its row, so that its messages keep a sender.
CREATE TABLE users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  username text NOT NULL,
  username_key text CONSTRAINT users_username_key_unique UNIQUE,
  nickname text NOT NULL,
  nickname_key text NOT NULL,
  avatar text,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Stamped with every change of the profile: what /sync sends again.
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz
);
CREATE INDEX users_updated_at ON users (updated_at);

CREATE TABLE credentials (
  user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  login text NOT NULL,
  login_key text NOT NULL CONSTRAINT credentials_login_key_unique UNIQUE,
  password_hash text NOT NULL,
  recovery_hash text,
  is_admin boolean NOT NULL DEFAULT false,
  disabled_at timestamptz
);

-- The public key that others encrypt for, and the sealed bundle that only its owner can open.
CREATE TABLE user_keys (
  user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  public_key text NOT NULL,
  -- NULL: the user has none, and the signature is the directory key's.
  identity_key text,
  signature text NOT NULL,
  key_version bigint NOT NULL,
  signed_at timestamptz NOT NULL DEFAULT now(),
  pkebymk text NOT NULL,
  pkebyrk text NOT NULL,
  salt text NOT NULL,
  kdf jsonb
);
CREATE INDEX user_keys_signed_at ON user_keys (signed_at);

CREATE TABLE vaults (
  user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  etag text NOT NULL,
  sealed bytea NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- One row a live session: a revoked one is deleted. References credentials, so that none outlives the right to sign in.
CREATE TABLE auth_sessions (
  id uuid PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES credentials ON DELETE CASCADE,
  -- Keyed hash of the part of the refresh token that stays the same for the session's life.
  family_hash bytea NOT NULL CONSTRAINT auth_sessions_family_hash_unique UNIQUE,
  -- Keyed hash of the whole current refresh token.
  refresh_hash bytea NOT NULL,
  -- The token that the latest refresh replaced, and what that refresh answered, sealed under a key derived from it.
  replaced_hash bytea,
  replaced_at timestamptz,
  sealed_refresh_token bytea,
  remember_me boolean NOT NULL,
  device_name text,
  app_version text,
  ip_address text,
  city text NOT NULL,
  login_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX auth_sessions_user ON auth_sessions (user_id, login_at);
CREATE INDEX auth_sessions_expires_at ON auth_sessions (expires_at);

CREATE TABLE recovery_tokens (
  token_hash bytea PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES credentials ON DELETE CASCADE,
  expires_at timestamptz NOT NULL
);
CREATE INDEX recovery_tokens_user ON recovery_tokens (user_id);
CREATE INDEX recovery_tokens_expires_at ON recovery_tokens (expires_at);

-- Attempts by keyed hash of what is counted (an address and a login, an address alone).
CREATE TABLE throttles (
  key bytea PRIMARY KEY,
  attempts integer NOT NULL,
  blocked_until timestamptz,
  window_ends_at timestamptz NOT NULL
);
CREATE INDEX throttles_window_ends_at ON throttles (window_ends_at);

-- Where an account was used with success: such addresses are not delayed by other people's failures.
CREATE TABLE known_addresses (
  user_id bigint NOT NULL REFERENCES credentials ON DELETE CASCADE,
  -- Keyed hash: the addresses of sessions that are over are nobody's business.
  address_hash bytea NOT NULL,
  last_success_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, address_hash)
);
CREATE INDEX known_addresses_last_success_at ON known_addresses (last_success_at);

CREATE TABLE invites (
  code text PRIMARY KEY,
  uses integer NOT NULL,
  uses_left integer NOT NULL CHECK (uses_left >= 0),
  expires_at timestamptz,
  created_by bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE blocks (
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  blocked_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, blocked_id)
);
CREATE INDEX blocks_blocked ON blocks (blocked_id);

CREATE TABLE reports (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  reporter_id bigint NOT NULL,
  user_id bigint NOT NULL,
  chat_id bigint,
  message_ids bigint[] NOT NULL DEFAULT '{}',
  reason text NOT NULL,
  revealed jsonb,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'resolved', 'dismissed')),
  created_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  closed_by bigint
);
CREATE INDEX reports_state ON reports (state, id);

-- Every table of a chat has chat_id first in its key, so that a distributed PostgreSQL can shard by chat.
CREATE TABLE chats (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('private', 'group', 'channel')),
  title text,
  avatar text,
  encrypted boolean NOT NULL DEFAULT false,
  created_by bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- The latest activity: what GET /chats is ordered by.
  updated_at timestamptz NOT NULL DEFAULT now(),
  seq bigint NOT NULL DEFAULT 0,
  members_version bigint NOT NULL DEFAULT 1,
  -- Who receives events changes more often than who has to be encrypted for: a side that leaves a private chat, or returns
  -- to it, does not raise members_version. Nodes read their audience anew when this one is newer than theirs.
  audience_version bigint NOT NULL DEFAULT 1,
  -- Stamped with every seq: what /sync finds by cursor.
  changed_at timestamptz NOT NULL DEFAULT now(),
  -- The pair of a private chat, smaller id first: a pair has one chat.
  low_user_id bigint,
  high_user_id bigint,
  CONSTRAINT chats_pair_unique UNIQUE (low_user_id, high_user_id),
  CHECK ((kind = 'private') = (low_user_id IS NOT NULL AND high_user_id IS NOT NULL AND low_user_id < high_user_id))
);

-- Members, also those who have left: a departed one is needed to tell the others, and for their way back.
CREATE TABLE chat_members (
  chat_id bigint NOT NULL REFERENCES chats ON DELETE CASCADE,
  user_id bigint NOT NULL,
  role text NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
  joined_at timestamptz NOT NULL DEFAULT now(),
  left_at timestamptz,
  seq bigint NOT NULL,
  -- The first seq that this member receives live: an event from before must not reach a newcomer.
  joined_seq bigint NOT NULL DEFAULT 1,
  history_from_id bigint NOT NULL DEFAULT 0,
  last_read_message_id bigint NOT NULL DEFAULT 0,
  last_delivered_message_id bigint NOT NULL DEFAULT 0,
  is_favorite boolean NOT NULL DEFAULT false,
  is_archived boolean NOT NULL DEFAULT false,
  muted_until timestamptz,
  -- Stamped when pointers or settings change: what /sync finds by cursor.
  touched_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (chat_id, user_id)
);
-- What /sync finds by cursor, and by seq.
CREATE INDEX chat_members_touched ON chat_members (chat_id, touched_at);
CREATE INDEX chat_members_seq ON chat_members (chat_id, seq);
CREATE INDEX chat_members_user ON chat_members (user_id) WHERE left_at IS NULL;

-- CACHE 1: within a chat the order of ids is the order of commit, also between nodes.
CREATE SEQUENCE message_ids AS bigint CACHE 1;

-- No foreign keys: to users it would deadlock with the deletion of an account, to chats it would cost every insert a look-up
-- although the writer holds the chat's lock anyway.
CREATE TABLE messages (
  chat_id bigint NOT NULL,
  id bigint NOT NULL,
  seq bigint NOT NULL,
  sender_id bigint NOT NULL,
  client_message_id uuid,
  message text NOT NULL,
  message_type text NOT NULL,
  envelopes jsonb,
  metadata jsonb,
  system jsonb,
  reply_to_message_id bigint,
  forwarded_from_message_id bigint,
  forwarded_from_chat_id bigint,
  forwarded_from_sender_id bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  edited_at timestamptz,
  deleted_at timestamptz,
  deleted_by bigint,
  -- The list of chats counts unread messages and finds each chat's newest in this index alone, which needs no visit to rows
  -- that lie scattered between those of other chats: see ADR 0012. Chosen over an index of its own, which every insert would
  -- pay for.
  PRIMARY KEY (chat_id, id) INCLUDE (sender_id, message_type, deleted_at),
  CONSTRAINT messages_seq_unique UNIQUE (chat_id, seq)
);
CREATE UNIQUE INDEX messages_client_message_id_unique ON messages (chat_id, sender_id, client_message_id)
  WHERE client_message_id IS NOT NULL;

-- An index is enough only where a vacuum has been, and unread messages are the newest ones. On new pages it is cheap.
ALTER TABLE messages SET (autovacuum_vacuum_insert_threshold = 10000, autovacuum_vacuum_insert_scale_factor = 0);
-- Keys do not compress, but trying takes longer than all the rest of storing a message to a large group.
ALTER TABLE messages ALTER COLUMN envelopes SET STORAGE EXTERNAL;

-- Chats that are gone, whose messages are still being erased, a batch at a time.
CREATE TABLE erasures (chat_id bigint PRIMARY KEY);

-- Uploaded files, encrypted by who sent them. A row names its blob in the store; a blob that no row names is garbage.
CREATE TABLE files (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id bigint NOT NULL,
  -- Where it was uploaded to. That chat may be gone, and the file stay where another chat's message names it.
  chat_id bigint NOT NULL,
  -- The newest message of the chat at that moment: who returns to a private chat later has no right to it.
  after_message_id bigint NOT NULL,
  filename text NOT NULL,
  mimetype text NOT NULL,
  size bigint NOT NULL,
  sha256 bytea NOT NULL,
  blob text NOT NULL CONSTRAINT files_blob_unique UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- NULL while a message names it. A day later it is removed.
  unnamed_since timestamptz DEFAULT now()
);
CREATE INDEX files_owner ON files (owner_id) INCLUDE (size);
CREATE INDEX files_unnamed_since ON files (unnamed_since) WHERE unnamed_since IS NOT NULL;

-- Which messages name which files. Written under the locks of the chat and of the file.
CREATE TABLE message_files (
  chat_id bigint NOT NULL,
  message_id bigint NOT NULL,
  file_id bigint NOT NULL,
  PRIMARY KEY (chat_id, message_id, file_id)
);
CREATE INDEX message_files_file ON message_files (file_id, chat_id);

-- Blobs to be removed from the store: what files have left behind, and what an upload that was cut off may leave.
CREATE TABLE released_blobs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  blob text NOT NULL,
  not_before timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX released_blobs_not_before ON released_blobs (not_before);

-- A trigger, because a file can end in many ways and none may forget its blob.
CREATE FUNCTION release_blob() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO released_blobs (blob) VALUES (OLD.blob);
  RETURN NULL;
END
$$;
CREATE TRIGGER files_release_blob AFTER DELETE ON files FOR EACH ROW EXECUTE FUNCTION release_blob();

-- Pictures of people and chats, in the database: they are small, and every node and every backup has them.
CREATE TABLE avatars (
  -- The hash of the image, so that a new picture has a new path and the same picture is kept once.
  path text PRIMARY KEY,
  image bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE avatars ALTER COLUMN image SET STORAGE EXTERNAL;
CREATE INDEX users_avatar ON users (avatar) WHERE avatar IS NOT NULL;
CREATE INDEX chats_avatar ON chats (avatar) WHERE avatar IS NOT NULL;

-- Pictures that somebody has given up: removed if nobody else uses them.
CREATE TABLE released_avatars (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  path text NOT NULL
);
CREATE FUNCTION release_avatar() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO released_avatars (path) VALUES (OLD.avatar);
  RETURN NULL;
END
$$;
CREATE TRIGGER users_release_avatar AFTER UPDATE OF avatar ON users
  FOR EACH ROW WHEN (OLD.avatar IS NOT NULL AND OLD.avatar IS DISTINCT FROM NEW.avatar) EXECUTE FUNCTION release_avatar();
CREATE TRIGGER chats_release_avatar AFTER UPDATE OF avatar ON chats
  FOR EACH ROW WHEN (OLD.avatar IS NOT NULL AND OLD.avatar IS DISTINCT FROM NEW.avatar) EXECUTE FUNCTION release_avatar();
CREATE TRIGGER chats_release_avatar_at_end AFTER DELETE ON chats
  FOR EACH ROW WHEN (OLD.avatar IS NOT NULL) EXECUTE FUNCTION release_avatar();

-- Whether somebody may read a file: its owner; a current member of the chat it was uploaded to; a current member of a chat
-- where a message that this member can see names it.
CREATE FUNCTION may_read_file(reader bigint, of_file bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1 FROM files
    WHERE files.id = of_file AND (
      files.owner_id = reader
      OR EXISTS (
        SELECT 1 FROM chat_members AS me
        JOIN chats ON chats.id = me.chat_id
        WHERE me.chat_id = files.chat_id AND me.user_id = reader AND me.left_at IS NULL
          AND (chats.kind <> 'private' OR files.after_message_id >= me.history_from_id)
      )
      OR EXISTS (
        SELECT 1 FROM message_files AS naming
        JOIN chat_members AS me ON me.chat_id = naming.chat_id AND me.user_id = reader AND me.left_at IS NULL
        JOIN chats ON chats.id = naming.chat_id
        JOIN messages ON messages.chat_id = naming.chat_id AND messages.id = naming.message_id
        WHERE naming.file_id = files.id
          AND (messages.id > me.history_from_id OR (chats.kind <> 'private' AND messages.envelopes IS NULL))
      )
    )
  )
$$;

-- Removes those of these files that no message names any more, for whoever has just removed names of them. The lock first:
-- who names a file holds it, so what they have committed is seen by the statement after it. @returns how many.
CREATE FUNCTION remove_unnamed_files(candidates bigint[]) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  removed integer;
BEGIN
  PERFORM 1 FROM files
  WHERE files.id = ANY (candidates)
  ORDER BY files.id
  FOR UPDATE;

  DELETE FROM files
  WHERE files.id = ANY (candidates)
    AND NOT EXISTS (SELECT 1 FROM message_files WHERE message_files.file_id = files.id);
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN removed;
END
$$;
