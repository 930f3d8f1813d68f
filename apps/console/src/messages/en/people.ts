/** Signing in and setting up. */
export const people = {
  signIn: {
    title: "Sign in",
    email: "E-mail address",
    password: "Password",
    submit: "Sign in",
    with: "Continue with {{name}}",
    or: "or",
    failed: "Signing in did not work",
  },
  again: {
    title: "You are signed out",
    text: "Your session has ended. Sign in to go on; what you entered is kept.",
  },
  password: {
    title: "Set your password",
    text: "Choose a password that nobody else knows. You are signed in with it.",
    password: "New password",
    passwordHelp: "At least 8 characters. A sentence is easy to remember and hard to guess.",
    submit: "Set the password",
    noToken: "This address lacks its token. Take the whole address that you were given.",
  },
  join: {
    title: "Join an organization",
    text: "You were invited to an organization of this server.",
    submit: "Join",
  },
  setUp: {
    title: "Set up Patchbay",
    text: "Make the account of the first administrator. It owns the organization “Default”.",
    name: "Your name",
    email: "E-mail address",
    password: "Password",
    passwordHelp: "At least 8 characters. A sentence is easy to remember and hard to guess.",
    submit: "Create the account",
    noToken: "This address lacks its token. Take the whole address that the server printed when it started.",
  },
} as const;
