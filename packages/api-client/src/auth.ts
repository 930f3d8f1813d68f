import type {
  InvitationBody,
  JoinedDto,
  LinkPasswordBody,
  MeDto,
  PasswordBody,
  SessionDto,
  SetUpBody,
  SignInBody,
  SignInProvidersDto,
} from "@patchbay/protocol";
import type { Transport } from "./transport.ts";

/** Who asks. Signing in sets a cookie, which only a browser keeps. */
export class AuthApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The caller with organizations, roles and rights. Throws `unauthenticated` when there is none. */
  me(): Promise<MeDto> {
    return this.#transport.json("GET", "/api/me");
  }

  /** The ways to sign in; for the caller who has not signed in yet. */
  providers(): Promise<SignInProvidersDto> {
    return this.#transport.json("GET", "/api/auth/providers");
  }

  /**
   * Where a browser goes to sign in through the provider `oidc`, as a link or by `location.assign`. It comes back to
   * `returnTo`, a path of the server, or to `/sign-in?error=CODE`.
   */
  oidcUrl(returnTo = "/"): string {
    return this.#transport.url("/api/auth/oidc", { returnTo }).href;
  }

  /** Ends the person's other sessions. Throws `bad_credentials` (of `current`), `rate_limited` or `invalid_request`. */
  changePassword(body: PasswordBody): Promise<void> {
    return this.#transport.nothing("POST", "/api/me/password", { body });
  }

  /** Throws `bad_credentials` or `rate_limited`. */
  signIn(body: SignInBody): Promise<SessionDto> {
    return this.#transport.json("POST", "/api/auth/sign-in", { body });
  }

  signOut(): Promise<void> {
    return this.#transport.nothing("POST", "/api/auth/sign-out");
  }

  /** Sets a password by an administrator's link, and signs in. Throws `link_invalid` or `invalid_request`. */
  setPassword(body: LinkPasswordBody): Promise<SessionDto> {
    return this.#transport.json("POST", "/api/auth/password", { body });
  }

  /** Joins an organization by its administrator's link. Throws `link_invalid`. */
  join(body: InvitationBody): Promise<JoinedDto> {
    return this.#transport.json("POST", "/api/auth/invitations", { body });
  }

  /** Makes the first administrator. Throws `setup_link_invalid`. */
  setUp(body: SetUpBody): Promise<SessionDto> {
    return this.#transport.json("POST", "/api/auth/set-up", { body });
  }
}
