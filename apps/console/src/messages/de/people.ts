import type { Translated } from "../catalog.ts";
import type { people as english } from "../en/people.ts";

export const people: Translated<typeof english> = {
  signIn: {
    title: "Anmelden",
    email: "E-Mail-Adresse",
    password: "Passwort",
    submit: "Anmelden",
    with: "Weiter mit {{name}}",
    or: "oder",
    failed: "Die Anmeldung hat nicht geklappt",
  },
  setUp: {
    title: "Patchbay einrichten",
    text: "Legen Sie das erste Administratorkonto an. Ihm gehört die Organisation „Default“.",
    name: "Ihr Name",
    email: "E-Mail-Adresse",
    password: "Passwort",
    passwordHelp: "Mindestens 8 Zeichen. Ein Satz ist leicht zu merken und schwer zu erraten.",
    submit: "Konto anlegen",
    noToken:
      "Dieser Adresse fehlt ihr Token. Nehmen Sie die ganze Adresse, die der Server beim Start ausgegeben hat.",
  },
};
