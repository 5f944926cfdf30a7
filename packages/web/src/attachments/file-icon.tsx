import {
  File,
  FileArchive,
  FileAudio,
  FileCode,
  FileImage,
  FileSpreadsheet,
  FileText,
  FileVideo,
  type LucideIcon,
} from "lucide-react";
import styles from "./attachments.module.css";

const KINDS: readonly (readonly [RegExp, LucideIcon])[] = [
  [/^image\//, FileImage],
  [/^video\//, FileVideo],
  [/^audio\//, FileAudio],
  [/zip|compressed|x-tar|gzip|rar|7z/, FileArchive],
  [/spreadsheet|excel|csv/, FileSpreadsheet],
  [/json|xml|html|javascript|typescript|x-sh/, FileCode],
  [/^text\/|pdf|word|document|rtf/, FileText],
];

/** A picture of what kind of file it is. */
export function FileIcon({ mimetype }: { readonly mimetype: string }) {
  const Icon = KINDS.find(([type]) => type.test(mimetype))?.[1] ?? File;
  return (
    <span className={styles.icon}>
      <Icon size={22} strokeWidth={1.75} aria-hidden />
    </span>
  );
}
