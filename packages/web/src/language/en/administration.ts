import { pluralOf } from "../plural.ts";

const plural = pluralOf("en");

/** English: administration of the server. */
export const administration = {
  title: "Administration",
  sections: { invites: "Invitations", people: "People", reports: "Reports" },
  forbidden: "Only administrators of this server see this",
  forbiddenHint: "If you should be one, ask whoever runs the server.",
  more: "Show more",

  invitesHint: "Whoever opens an invitation's link can create an account.",
  uses: "How many people may use it",
  usesRange: "A number from 1 to 1000.",
  expiry: "It is good for",
  expiries: { day: "1 day", week: "1 week", month: "30 days", never: "Without end" },
  createInvite: "Create an invitation",
  noInvites: "No invitation can be used at the moment",
  openInvites: "Invitations that can be used",
  inviteLink: "Link of the invitation",
  copyLink: "Copy the link",
  linkCopied: "The link is copied. Send it to whom you invite.",
  linkCreated: "The invitation is made, and its link copied. Send it to whom you invite.",
  inviteCreated: "The invitation is made.",
  copyFailed: "The browser did not let the link be copied. Select it and copy it yourself.",
  usesLeft: (left: number, of: number) =>
    of === 1
      ? "For one person"
      : plural(left, { one: `# of ${of} uses left`, other: `# of ${of} uses left` }),
  until: (date: string) => `until ${date}`,
  withoutEnd: "without end",
  deleteInvite: "Withdraw",
  deleteInviteNamed: (code: string) => `Withdraw invitation ${code}`,
  deleteInviteTitle: "Withdraw this invitation?",
  deleteInviteDescription: "Its link lets nobody in any more. Whoever has used it keeps their account.",
  inviteDeleted: "The invitation is withdrawn.",

  searchPeople: "Search for a name, a username or an id",
  nobodyFound: "Nobody is called so",
  joined: "Joined",
  lastSeen: "Last seen",
  never: "never",
  administrator: "Administrator",
  disabledBadge: "Disabled",
  you: "You",
  actionsOf: (name: string) => `What to do with ${name}`,
  disable: "Disable the account",
  disableTitle: (name: string) => `Disable the account of ${name}?`,
  disableDescription:
    "They are signed out everywhere and cannot sign in until somebody enables the account again. Nothing of it is deleted.",
  disabled: (name: string) => `The account of ${name} is disabled.`,
  enable: "Enable the account",
  enableTitle: (name: string) => `Enable the account of ${name}?`,
  enableDescription: "They can sign in again.",
  enabled: (name: string) => `The account of ${name} is enabled.`,
  promote: "Make an administrator",
  promoteTitle: (name: string) => `Make ${name} an administrator?`,
  promoteDescription:
    "They can invite people, disable accounts, read reports, and make others administrators or take that away. No administrator can read what is encrypted.",
  promoted: (name: string) => `${name} is an administrator.`,
  demote: "No longer an administrator",
  demoteTitle: (name: string) => `Take administration away from ${name}?`,
  demoteDescription: "They stay on the server like everybody else.",
  demoted: (name: string) => `${name} is no longer an administrator.`,

  showReports: "Show",
  states: { open: "Open", resolved: "Resolved", dismissed: "Dismissed" },
  noReports: {
    open: "No report is open",
    resolved: "No report is resolved",
    dismissed: "No report is dismissed",
  },
  reported: (reporter: string, user: string) => `${reporter} reported ${user}`,
  somebody: "Somebody who is gone",
  revealed: "Messages that were revealed",
  revealedHint: "As the reporter sent them: nothing proves that they are genuine.",
  nothingRevealed: "No messages were revealed.",
  messages: (count: number) => plural(count, { one: "About # message", other: "About # messages" }),
  closedAt: (date: string) => `Closed ${date}`,
  resolve: "Resolve",
  dismiss: "Dismiss",
  reopen: "Reopen",
  moved: {
    open: "The report is open again.",
    resolved: "The report is resolved.",
    dismissed: "The report is dismissed.",
  },
};
