-- The write batch: many senders' messages in one round trip and one commit.
--
-- Several statements on purpose. The first take the locks; the last, whose snapshot is taken after the locks were granted,
-- sees everything that was committed before them: a member removed a moment ago, a message sent twice, a file removed.
--
-- The arrays have one element a message, in the order in which they are to be numbered; only the last two have one for each
-- file that a message names, whose place in the batch is in `naming_positions`. Each message gets one outcome: `stored`,
-- `duplicate`, or the code of its error.
CREATE FUNCTION store_messages(
  chat_ids bigint[], sender_ids bigint[], client_message_ids uuid[], texts text[], types text[], sealed text[],
  file_lists text[], replies bigint[], versions bigint[], from_messages bigint[], from_chats bigint[], from_senders bigint[],
  naming_positions bigint[], named_files bigint[])
RETURNS TABLE (
  "position" integer,
  outcome text,
  message_id bigint,
  seq bigint,
  created_at timestamptz,
  members_version bigint,
  audience_version bigint
)
LANGUAGE plpgsql
-- Planning takes longer than storing a message, so it is done once a connection; as the tables may still be empty then, and
-- a scan look cheap, scans are out.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
  moment timestamptz;
BEGIN
  PERFORM 1 FROM chats
  WHERE chats.id = ANY (chat_ids)
  ORDER BY chats.id
  FOR NO KEY UPDATE;

  -- Whoever removes a file takes this lock too, and looks only then whether a message names it.
  IF cardinality(named_files) > 0 THEN
    PERFORM 1 FROM files
    WHERE files.id = ANY (named_files)
    ORDER BY files.id
    FOR NO KEY UPDATE;
  END IF;

  moment := clock_timestamp();

  RETURN QUERY
  WITH input AS MATERIALIZED (
    SELECT ordinality::integer - 1 AS "position", chat_id, sender_id, client_message_id, message, message_type,
      envelopes::jsonb AS envelopes, metadata::jsonb AS metadata, reply_to_message_id, members_version,
      forwarded_from_message_id, forwarded_from_chat_id, forwarded_from_sender_id
    FROM unnest(chat_ids, sender_ids, client_message_ids, texts, types, sealed, file_lists, replies, versions, from_messages, from_chats, from_senders)
      WITH ORDINALITY AS entry(chat_id, sender_id, client_message_id, message, message_type, envelopes, metadata,
        reply_to_message_id, members_version, forwarded_from_message_id, forwarded_from_chat_id, forwarded_from_sender_id, ordinality)
  ),
  named AS MATERIALIZED (
    SELECT DISTINCT "position", file_id FROM unnest(naming_positions, named_files) AS entry("position", file_id)
  ),
  unreadable AS MATERIALIZED (
    SELECT named."position"
    FROM named JOIN input ON input."position" = named."position"
    WHERE NOT may_read_file(input.sender_id, named.file_id)
  ),
  checked AS MATERIALIZED (
    SELECT input.*, chat.seq AS chat_seq, chat.kind, chat.low_user_id, chat.high_user_id,
      chat.members_version AS current_version, chat.audience_version AS current_audience, earlier.id AS earlier_id,
      CASE
        WHEN sender.user_id IS NULL OR sender.left_at IS NOT NULL THEN 'not_a_member'
        WHEN earlier.id IS NOT NULL THEN 'duplicate'
        WHEN input.forwarded_from_chat_id IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM chat_members AS reader
          WHERE reader.chat_id = input.forwarded_from_chat_id AND reader.user_id = input.sender_id AND reader.left_at IS NULL
        ) THEN 'not_a_member'
        WHEN chat.kind = 'channel' AND sender.role = 'member' THEN 'may_not_write'
        WHEN chat.kind = 'private' AND EXISTS (
          SELECT 1 FROM blocks
          WHERE blocks.blocked_id = input.sender_id
            AND blocks.user_id = CASE WHEN chat.low_user_id = input.sender_id THEN chat.high_user_id ELSE chat.low_user_id END
        ) THEN 'blocked'
        WHEN input.members_version <> chat.members_version THEN 'stale_members'
        WHEN chat.encrypted AND lacks_envelopes(chat.id, chat.kind, input.envelopes) THEN 'envelopes_required'
        WHEN input.reply_to_message_id IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM messages
          WHERE messages.chat_id = input.chat_id AND messages.id = input.reply_to_message_id
            AND (messages.id > sender.history_from_id OR (chat.kind <> 'private' AND messages.envelopes IS NULL))
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
        WHEN input."position" IN (SELECT unreadable."position" FROM unreadable) THEN 'unknown_file'
        ELSE 'stored'
      END AS outcome
    FROM input
    LEFT JOIN LATERAL (SELECT * FROM chats WHERE chats.id = input.chat_id LIMIT 1) AS chat ON true
    LEFT JOIN LATERAL (
      SELECT * FROM chat_members AS member
      WHERE member.chat_id = input.chat_id AND member.user_id = input.sender_id LIMIT 1
    ) AS sender ON true
    LEFT JOIN LATERAL (
      SELECT messages.id FROM messages
      WHERE messages.chat_id = input.chat_id AND messages.sender_id = input.sender_id
        AND messages.client_message_id = input.client_message_id LIMIT 1
    ) AS earlier ON true
  ),
  numbered AS MATERIALIZED (
    SELECT ordered.*, CASE WHEN outcome = 'stored' THEN nextval('message_ids') END AS new_id
    FROM (
      SELECT checked.*, CASE WHEN outcome = 'stored' THEN
          chat_seq + count(*) FILTER (WHERE outcome = 'stored') OVER (PARTITION BY chat_id ORDER BY "position" ROWS UNBOUNDED PRECEDING)
        END AS new_seq
      FROM checked ORDER BY "position"
    ) AS ordered
  ),
  inserted AS (
    INSERT INTO messages (chat_id, id, seq, sender_id, client_message_id, message, message_type, envelopes, metadata,
      reply_to_message_id, forwarded_from_message_id, forwarded_from_chat_id, forwarded_from_sender_id, created_at)
    SELECT numbered.chat_id, new_id, new_seq, sender_id, client_message_id, message, message_type,
      -- The usual case, two people and nobody else's envelope, needs no look at the members.
      CASE
        WHEN numbered.kind = 'private' AND envelopes - ARRAY[low_user_id::text, high_user_id::text] = '{}' THEN NULLIF(envelopes, '{}')
        ELSE members_envelopes(numbered.chat_id, numbered.kind, envelopes)
      END,
      metadata, reply_to_message_id, forwarded_from_message_id, forwarded_from_chat_id, forwarded_from_sender_id, moment
    FROM numbered WHERE numbered.outcome = 'stored'
  ),
  named_by_stored AS MATERIALIZED (
    SELECT numbered.chat_id, numbered.new_id, named.file_id
    FROM named JOIN numbered ON numbered."position" = named."position"
    WHERE numbered.outcome = 'stored'
  ),
  naming AS (
    INSERT INTO message_files (chat_id, message_id, file_id)
    SELECT chat_id, new_id, file_id FROM named_by_stored
  ),
  claimed AS (
    UPDATE files SET unnamed_since = NULL
    WHERE files.id IN (SELECT named_by_stored.file_id FROM named_by_stored) AND files.unnamed_since IS NOT NULL
  ),
  -- Someone who left a private chat gets it back with the other side's next message, without what came before.
  revived AS (
    UPDATE chat_members AS member
    SET left_at = NULL, history_from_id = first.id - 1, joined_seq = first.seq, touched_at = moment
    FROM (
      SELECT chat_id, min(new_id) AS id, min(new_seq) AS seq
      FROM numbered WHERE kind = 'private' AND new_id IS NOT NULL GROUP BY chat_id
    ) AS first
    WHERE member.chat_id = first.chat_id AND member.left_at IS NOT NULL
      -- Nobody returns from a deleted account: the chat ends when the other side leaves it too.
      AND EXISTS (SELECT 1 FROM users WHERE users.id = member.user_id AND users.deleted_at IS NULL)
    RETURNING member.chat_id
  ),
  advanced AS (
    UPDATE chats
    SET seq = added.last_seq, updated_at = moment, changed_at = moment,
      audience_version = chats.audience_version + CASE WHEN added.revives THEN 1 ELSE 0 END
    FROM (
      SELECT numbered.chat_id, max(new_seq) AS last_seq, numbered.chat_id IN (SELECT revived.chat_id FROM revived) AS revives
      FROM numbered WHERE new_seq IS NOT NULL GROUP BY numbered.chat_id
    ) AS added
    WHERE chats.id = added.chat_id
  )
  SELECT numbered."position", numbered.outcome, COALESCE(numbered.new_id, numbered.earlier_id), numbered.new_seq, moment,
    numbered.current_version,
    numbered.current_audience + CASE WHEN numbered.chat_id IN (SELECT revived.chat_id FROM revived) THEN 1 ELSE 0 END
  FROM numbered
  ORDER BY numbered."position";
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

-- Whether a current member has no envelope. Both sides of a private chat count, even while one has left; a deleted account
-- has no key that anybody could encrypt for. Called under the chat's lock.
CREATE FUNCTION lacks_envelopes(of_chat bigint, kind text, envelopes jsonb) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1 FROM chat_members AS member
    WHERE member.chat_id = of_chat AND (member.left_at IS NULL OR kind = 'private')
      AND NOT COALESCE(envelopes ? member.user_id::text, false)
      AND EXISTS (SELECT 1 FROM users WHERE users.id = member.user_id AND users.deleted_at IS NULL)
  )
$$;
