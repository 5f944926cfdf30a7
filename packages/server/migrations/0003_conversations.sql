-- Who receives a chat's events changes more often than who has to be encrypted for: a side that leaves a private chat, or
-- returns to it, does not raise members_version. Nodes read their audience anew when this one is newer than theirs.
ALTER TABLE chats ADD COLUMN audience_version bigint NOT NULL DEFAULT 1;
-- Stamped with every seq: what /sync finds by cursor.
ALTER TABLE chats ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
UPDATE chats SET changed_at = updated_at;
-- The first seq that this member receives live: an event from before must not reach a newcomer.
ALTER TABLE chat_members ADD COLUMN joined_seq bigint NOT NULL DEFAULT 1;
CREATE INDEX chat_members_touched ON chat_members (chat_id, touched_at);
-- What /sync finds by seq, and whose keys by cursor.
CREATE INDEX chat_members_seq ON chat_members (chat_id, seq);
CREATE INDEX user_keys_signed_at ON user_keys (signed_at);

DROP FUNCTION store_messages(json);

-- As before, and: forwards, the audience's version, and who is brought back from when on.
CREATE FUNCTION store_messages(batch json)
RETURNS TABLE (
  "position" integer,
  outcome text,
  message_id bigint,
  seq bigint,
  created_at timestamptz,
  members_version bigint,
  audience_version bigint
)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  moment timestamptz;
BEGIN
  PERFORM 1 FROM chats
  WHERE chats.id IN (SELECT (entry->>'chat_id')::bigint FROM json_array_elements(batch) AS entry)
  ORDER BY chats.id
  FOR NO KEY UPDATE;

  moment := clock_timestamp();

  RETURN QUERY
  WITH input AS MATERIALIZED (
    SELECT *
    FROM json_to_recordset(batch) AS entry(
      "position" integer, chat_id bigint, sender_id bigint, client_message_id uuid, message text, message_type text,
      envelopes jsonb, metadata jsonb, reply_to_message_id bigint, members_version bigint,
      forwarded_from_message_id bigint, forwarded_from_chat_id bigint, forwarded_from_sender_id bigint
    )
  ),
  checked AS MATERIALIZED (
    SELECT input.*, chats.seq AS chat_seq, chats.kind, chats.members_version AS current_version,
      chats.audience_version AS current_audience, earlier.id AS earlier_id,
      CASE
        WHEN sender.user_id IS NULL THEN 'not_a_member'
        WHEN earlier.id IS NOT NULL THEN 'duplicate'
        WHEN input.forwarded_from_chat_id IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM chat_members AS reader
          WHERE reader.chat_id = input.forwarded_from_chat_id AND reader.user_id = input.sender_id AND reader.left_at IS NULL
        ) THEN 'not_a_member'
        WHEN chats.kind = 'channel' AND sender.role = 'member' THEN 'may_not_write'
        WHEN chats.kind = 'private' AND EXISTS (
          SELECT 1 FROM blocks
          WHERE blocks.blocked_id = input.sender_id
            AND blocks.user_id = CASE WHEN chats.low_user_id = input.sender_id THEN chats.high_user_id ELSE chats.low_user_id END
        ) THEN 'blocked'
        WHEN input.members_version <> chats.members_version THEN 'stale_members'
        WHEN chats.encrypted AND EXISTS (
          SELECT 1 FROM chat_members AS member
          WHERE member.chat_id = chats.id
            AND (member.left_at IS NULL OR chats.kind = 'private')
            AND NOT COALESCE(input.envelopes ? member.user_id::text, false)
        ) THEN 'envelopes_required'
        WHEN input.reply_to_message_id IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM messages
          WHERE messages.chat_id = input.chat_id AND messages.id = input.reply_to_message_id
            AND (messages.id > sender.history_from_id OR (chats.kind <> 'private' AND messages.envelopes IS NULL))
        ) THEN 'unknown_message'
        WHEN input.forwarded_from_message_id IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM chat_members AS reader
          JOIN chats AS origin ON origin.id = reader.chat_id
          JOIN messages AS source ON source.chat_id = reader.chat_id
          WHERE reader.chat_id = input.forwarded_from_chat_id AND reader.user_id = input.sender_id
            AND source.id = input.forwarded_from_message_id AND source.sender_id = input.forwarded_from_sender_id
            AND source.deleted_at IS NULL AND source.system IS NULL
            AND (source.id > reader.history_from_id OR (origin.kind <> 'private' AND source.envelopes IS NULL))
        ) THEN 'unknown_message'
        ELSE 'stored'
      END AS outcome
    FROM input
    LEFT JOIN chats ON chats.id = input.chat_id
    LEFT JOIN chat_members AS sender
      ON sender.chat_id = input.chat_id AND sender.user_id = input.sender_id AND sender.left_at IS NULL
    LEFT JOIN messages AS earlier
      ON earlier.chat_id = input.chat_id AND earlier.sender_id = input.sender_id
        AND earlier.client_message_id = input.client_message_id
  ),
  numbered AS MATERIALIZED (
    SELECT accepted.*, nextval('message_ids') AS new_id
    FROM (
      SELECT checked.*, chat_seq + row_number() OVER (PARTITION BY chat_id ORDER BY "position") AS new_seq
      FROM checked WHERE checked.outcome = 'stored' ORDER BY "position"
    ) AS accepted
  ),
  inserted AS (
    INSERT INTO messages (chat_id, id, seq, sender_id, client_message_id, message, message_type, envelopes, metadata,
      reply_to_message_id, forwarded_from_message_id, forwarded_from_chat_id, forwarded_from_sender_id, created_at)
    SELECT numbered.chat_id, new_id, new_seq, sender_id, client_message_id, message, message_type,
      members_envelopes(numbered.chat_id, numbered.kind, envelopes),
      metadata, reply_to_message_id, forwarded_from_message_id, forwarded_from_chat_id, forwarded_from_sender_id, moment
    FROM numbered
  ),
  -- Someone who left a private chat gets it back with the other side's next message, without what came before.
  revived AS (
    UPDATE chat_members AS member
    SET left_at = NULL, history_from_id = first.id - 1, joined_seq = first.seq, touched_at = moment
    FROM (
      SELECT chat_id, min(new_id) AS id, min(new_seq) AS seq FROM numbered WHERE kind = 'private' GROUP BY chat_id
    ) AS first
    WHERE member.chat_id = first.chat_id AND member.left_at IS NOT NULL
      -- Nobody returns from a deleted account: the chat ends when the other side leaves it too.
      AND EXISTS (SELECT 1 FROM users WHERE users.id = member.user_id AND users.deleted_at IS NULL)
    RETURNING member.chat_id
  ),
  advanced AS (
    UPDATE chats
    SET seq = chats.seq + added.count, updated_at = moment, changed_at = moment,
      audience_version = chats.audience_version + CASE WHEN added.revives THEN 1 ELSE 0 END
    FROM (
      SELECT numbered.chat_id, count(*) AS count, numbered.chat_id IN (SELECT revived.chat_id FROM revived) AS revives
      FROM numbered GROUP BY numbered.chat_id
    ) AS added
    WHERE chats.id = added.chat_id
  )
  SELECT checked."position", checked.outcome, COALESCE(numbered.new_id, checked.earlier_id), numbered.new_seq, moment,
    checked.current_version,
    checked.current_audience + CASE WHEN checked.chat_id IN (SELECT revived.chat_id FROM revived) THEN 1 ELSE 0 END
  FROM checked
  LEFT JOIN numbered ON numbered."position" = checked."position"
  ORDER BY checked."position";
END
$$;

-- Entries for people who are not members are dropped. Called under the chat's lock. Usually there are none, so the envelopes,
-- of which a group's message has hundreds, are only taken apart if there are.
CREATE FUNCTION members_envelopes(of_chat bigint, kind text, envelopes jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN strangers.ids IS NULL THEN envelopes ELSE NULLIF(envelopes - strangers.ids, '{}') END
  FROM (
    SELECT array_agg(entry.id) AS ids
    FROM jsonb_object_keys(envelopes) AS entry(id)
    LEFT JOIN chat_members AS member
      ON member.chat_id = of_chat AND member.user_id = entry.id::bigint AND (member.left_at IS NULL OR kind = 'private')
    WHERE member.user_id IS NULL
  ) AS strangers
$$;

-- Chats that are gone, whose messages are still being erased, a batch at a time.
CREATE TABLE erasures (chat_id bigint PRIMARY KEY);

-- The list of chats counts unread messages and finds each chat's newest in this index alone, which needs no visit to rows
-- that lie scattered between those of other chats: see ADR 0012. Chosen over an index of its own, which every insert would pay for.
ALTER TABLE messages DROP CONSTRAINT messages_pkey,
  ADD CONSTRAINT messages_pkey PRIMARY KEY (chat_id, id) INCLUDE (sender_id, message_type, deleted_at);
-- An index is enough only where a vacuum has been, and unread messages are the newest ones. On new pages it is cheap.
ALTER TABLE messages SET (autovacuum_vacuum_insert_threshold = 10000, autovacuum_vacuum_insert_scale_factor = 0);
-- Keys do not compress, but trying takes longer than all the rest of storing a message to a large group.
ALTER TABLE messages ALTER COLUMN envelopes SET STORAGE EXTERNAL;
