import { AvatarEditor } from "../design/avatar-editor.tsx";
import { useToast } from "../design/toasts.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import { useTacit, useVersion } from "../live/account.tsx";
import { useTask } from "../live/task.ts";

/** My own picture. */
export function Picture() {
  useVersion("profiles");
  const tacit = useTacit();
  const toast = useToast();
  const language = useLanguage();
  const { settings: t } = language.texts;
  const { id, nickname, avatarUrl } = tacit.me;
  const change = useTask(async (picture: Blob | null) => {
    await tacit.account.setAvatar(picture);
    toast({ text: picture ? t.pictureSaved : t.pictureRemoved });
  });
  return (
    <AvatarEditor
      id={id}
      name={nickname}
      url={avatarUrl}
      isBusy={change.isRunning}
      error={change.error ? errorText(change.error, language) : undefined}
      onChange={change.run}
    />
  );
}
