import type { Translated } from "../en/catalog.ts";
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
  again: {
    title: "Sie sind abgemeldet",
    text: "Ihre Sitzung ist zu Ende. Melden Sie sich an, um fortzufahren; was Sie eingegeben haben, bleibt.",
  },
  password: {
    title: "Passwort setzen",
    text: "Wählen Sie ein Passwort, das sonst niemand kennt. Damit sind Sie dann angemeldet.",
    password: "Neues Passwort",
    passwordHelp: "Mindestens 8 Zeichen. Ein Satz ist leicht zu merken und schwer zu erraten.",
    submit: "Passwort setzen",
    noToken: "Dieser Adresse fehlt ihr Token. Nehmen Sie die ganze Adresse, die Sie bekommen haben.",
  },
  join: {
    title: "Einer Organisation beitreten",
    text: "Sie wurden in eine Organisation dieses Servers eingeladen.",
    submit: "Beitreten",
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
