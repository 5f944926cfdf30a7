import { defaultEmojiDataResolver, EmojiPicker } from "frimousse";
import { type AriaAttributes, useState } from "react";
import { useLanguage } from "../language/language.tsx";
import styles from "./emoji.module.css";
import { chooseTone, chosenTone, noteEmoji, recentEmoji, type Tone } from "./recent-emoji.ts";

/** As many as fit beside each other on the narrowest phone. */
const COLUMNS = 8;

/** All emoji, to be searched and chosen from; those chosen last come first. */
export function EmojiPanel({
  onChoose,
  onFail,
}: {
  readonly onChoose: (emoji: string) => void;
  /** Their names could not be fetched. */
  readonly onFail: () => void;
}) {
  const { texts, locale } = useLanguage();
  const [recent] = useState(recentEmoji);
  const [tone, setTone] = useState<Tone>(chosenTone);
  const [search, setSearch] = useState("");
  const choose = (emoji: string) => {
    noteEmoji(emoji);
    onChoose(emoji);
  };
  return (
    <EmojiPicker.Root
      className={styles.picker}
      locale={locale}
      emojibaseUrl="/emoji"
      columns={COLUMNS}
      resolveEmojiData={async (locale, options) => {
        try {
          return await defaultEmojiDataResolver(locale, options);
        } catch (error) {
          if (!options.signal?.aborted) onFail();
          throw error;
        }
      }}
      skinTone={tone}
      onEmojiSelect={({ emoji }) => choose(emoji)}
    >
      <div className={styles.top}>
        <EmojiPicker.Search
          className={styles.search}
          autoFocus
          value={search}
          placeholder={texts.composer.searchEmoji}
          aria-label={texts.composer.searchEmoji}
          onChange={(event) => setSearch(event.target.value)}
        />
        <Tones tone={tone} onChange={setTone} />
      </div>
      {recent.length > 0 && !search ? <Recent emoji={recent} onChoose={choose} /> : null}
      <EmojiPicker.Viewport className={styles.viewport} tabIndex={0}>
        <EmojiPicker.Loading className={styles.notice}>{texts.common.loading}</EmojiPicker.Loading>
        <EmojiPicker.Empty className={styles.notice}>{texts.composer.noEmoji}</EmojiPicker.Empty>
        <EmojiPicker.List
          aria-label={texts.composer.emoji}
          components={{
            CategoryHeader: ({ category, ...props }) => (
              <div {...props} className={styles.category}>
                {category.label}
              </div>
            ),
            Row: ({ children, ...props }) => (
              <div {...fromOne(props)} className={styles.row}>
                {children}
              </div>
            ),
            Emoji: ({ emoji, ...props }) => (
              <button type="button" {...fromOne(props)} className={styles.emoji}>
                {emoji.emoji}
              </button>
            ),
          }}
        />
      </EmojiPicker.Viewport>
    </EmojiPicker.Root>
  );
}

type Indices = Pick<AriaAttributes, "aria-rowindex" | "aria-colindex">;

/** The picker counts rows and columns from 0, screen readers count from 1. */
function fromOne<P extends Indices>(props: P): P {
  const { "aria-rowindex": row, "aria-colindex": column } = props;
  return {
    ...props,
    ...(row !== undefined && { "aria-rowindex": row + 1 }),
    ...(column !== undefined && { "aria-colindex": column + 1 }),
  };
}

function Recent({
  emoji,
  onChoose,
}: {
  readonly emoji: readonly string[];
  readonly onChoose: (emoji: string) => void;
}) {
  const { composer } = useLanguage().texts;
  return (
    <section aria-label={composer.recentEmoji}>
      <div className={styles.category}>{composer.recentEmoji}</div>
      <div className={styles.recent}>
        {emoji.map((one) => (
          <button key={one} type="button" className={styles.emoji} onClick={() => onChoose(one)}>
            {one}
          </button>
        ))}
      </div>
    </section>
  );
}

/** Each press takes the next colour of skin. */
function Tones({ tone, onChange }: { readonly tone: Tone; readonly onChange: (tone: Tone) => void }) {
  const { composer } = useLanguage().texts;
  return (
    <EmojiPicker.SkinTone>
      {({ skinToneVariations }) => {
        const at = skinToneVariations.findIndex(({ skinTone }) => skinTone === tone);
        const next = skinToneVariations[(at + 1) % skinToneVariations.length];
        return (
          <button
            type="button"
            className={styles.tone}
            aria-label={composer.skinTone(composer.tones[tone])}
            title={composer.skinTone(composer.tones[tone])}
            onClick={() => {
              if (!next) return;
              chooseTone(next.skinTone);
              onChange(next.skinTone);
            }}
          >
            <span aria-hidden>{skinToneVariations[at]?.emoji}</span>
          </button>
        );
      }}
    </EmojiPicker.SkinTone>
  );
}
