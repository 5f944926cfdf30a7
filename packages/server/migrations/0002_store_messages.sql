-- The write batch: many senders' messages in one round trip and one commit.
--
-- Two statements on purpose. The first takes the locks; the second, whose snapshot is taken after the locks were granted,
-- sees everything that was committed before them: a member removed a moment ago, a message sent twice.
--
-- Rows arrive in the order of their `position`; each gets one outcome: `stored`, `duplicate`, or the code of its error.
CREATE FUNCTION store_messages(
  chat_ids bigint[], sender_ids bigint[], client_message_ids uuid[], texts text[], types text[], sealed text[], files text[],
  replies bigint[], versions bigint[], from_messages bigint[], from_chats bigint[], from_senders bigint[])
RETURNS TABLE (
  "position" integer,
  outcome text,
  message_id bigint,
  seq bigint,
  created_at timestamptz,
  members_version bigint,
  revived_user_id bigint
)
LANGUAGE plpgsql
-- The plan is kept for the life of a connection, from a time when the tables may still be empty and a scan looks cheap.
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

  moment := clock_timestamp();

  RETURN QUERY
  WITH input AS MATERIALIZED (
    SELECT ordinality::integer - 1 AS "position", chat_id, sender_id, client_message_id, message, message_type,
      envelopes::jsonb AS envelopes, metadata::jsonb AS metadata, reply_to_message_id, members_version,
      forwarded_from_message_id, forwarded_from_chat_id, forwarded_from_sender_id
    FROM unnest(chat_ids, sender_ids, client_message_ids, texts, types, sealed, files, replies, versions, from_messages, from_chats, from_senders)
      WITH ORDINALITY AS entry(chat_id, sender_id, client_message_id, message, message_type, envelopes, metadata,
        reply_to_message_id, members_version, forwarded_from_message_id, forwarded_from_chat_id, forwarded_from_sender_id, ordinality)
  ),
  checked AS MATERIALIZED (
    SELECT input.*, chat.seq AS chat_seq, chat.kind, chat.low_user_id, chat.high_user_id,
      chat.members_version AS current_version, earlier.id AS earlier_id,
      CASE
        WHEN sender.user_id IS NULL OR sender.left_at IS NOT NULL THEN 'not_a_member'
        WHEN earlier.id IS NOT NULL THEN 'duplicate'
        WHEN chat.kind = 'channel' AND sender.role = 'member' THEN 'may_not_write'
        WHEN chat.kind = 'private' AND EXISTS (
          SELECT 1 FROM blocks
          WHERE blocks.blocked_id = input.sender_id
            AND blocks.user_id = CASE WHEN chat.low_user_id = input.sender_id THEN chat.high_user_id ELSE chat.low_user_id END
        ) THEN 'blocked'
        WHEN input.members_version <> chat.members_version THEN 'stale_members'
        WHEN chat.encrypted AND EXISTS (
          SELECT 1 FROM chat_members AS member
          WHERE member.chat_id = chat.id
            AND (member.left_at IS NULL OR chat.kind = 'private')
            AND NOT COALESCE(input.envelopes ? member.user_id::text, false)
        ) THEN 'envelopes_required'
        WHEN input.reply_to_message_id IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM messages
          WHERE messages.chat_id = input.chat_id AND messages.id = input.reply_to_message_id
            AND (messages.id > sender.history_from_id OR (chat.kind <> 'private' AND messages.envelopes IS NULL))
        ) THEN 'unknown_message'
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
      -- Entries for people who are not members are dropped.
      CASE
        WHEN envelopes IS NULL THEN NULL
        WHEN numbered.kind = 'private' AND envelopes - ARRAY[low_user_id::text, high_user_id::text] = '{}' THEN envelopes
        ELSE (
          SELECT jsonb_object_agg(entry.key, entry.value)
          FROM jsonb_each(envelopes) AS entry
          WHERE EXISTS (
            SELECT 1 FROM chat_members AS member
            WHERE member.chat_id = numbered.chat_id AND member.user_id = entry.key::bigint
              AND (member.left_at IS NULL OR numbered.kind = 'private')
          )
        )
      END,
      metadata, reply_to_message_id, forwarded_from_message_id, forwarded_from_chat_id, forwarded_from_sender_id, moment
    FROM numbered WHERE numbered.outcome = 'stored'
  ),
  advanced AS (
    UPDATE chats SET seq = added.last_seq, updated_at = moment
    FROM (SELECT chat_id, max(new_seq) AS last_seq FROM numbered WHERE new_seq IS NOT NULL GROUP BY chat_id) AS added
    WHERE chats.id = added.chat_id
  ),
  -- Someone who left a private chat gets it back with the other side's next message, without what came before.
  revived AS (
    UPDATE chat_members AS member
    SET left_at = NULL, history_from_id = first.id - 1, touched_at = moment
    FROM (SELECT chat_id, min(new_id) AS id FROM numbered WHERE kind = 'private' AND new_id IS NOT NULL GROUP BY chat_id) AS first
    WHERE member.chat_id = first.chat_id AND member.left_at IS NOT NULL
    RETURNING member.chat_id, member.user_id
  )
  SELECT numbered."position", numbered.outcome, COALESCE(numbered.new_id, numbered.earlier_id), numbered.new_seq, moment,
    numbered.current_version, revived.user_id
  FROM numbered
  LEFT JOIN revived ON revived.chat_id = numbered.chat_id AND numbered.outcome = 'stored'
  ORDER BY numbered."position";
END
$$;
