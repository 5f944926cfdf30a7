/** The mark of Tacit: a slip of paper with a whole rest on it, in music the sign for silence. Decoration: the name stands beside it. */
export function Mark({ size = 48 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 128 128" aria-hidden="true" focusable="false">
      <rect width="128" height="128" rx="30" fill="var(--accent)" />
      <g transform="translate(0 -2)">
        <path
          fill="var(--on-accent)"
          d="M40 27h48a22 22 0 0 1 22 22v34a22 22 0 0 1-22 22H18V49a22 22 0 0 1 22-22z"
        />
        <path
          fill="var(--accent)"
          d="M34 51h60a4 4 0 0 1 0 8H84v16a5 5 0 0 1-5 5H49a5 5 0 0 1-5-5V59H34a4 4 0 0 1 0-8z"
        />
      </g>
    </svg>
  );
}
