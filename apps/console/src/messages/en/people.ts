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
