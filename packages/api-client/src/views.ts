import type { HostCallAnswerDto, HostCallBody, ThemeDto, UiFaultBody, ViewDto } from "@patchbay/protocol";
import type { Transport } from "./transport.ts";

/** User interfaces of plugins: what there is to show, and what their views ask for. */
export class ViewsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The views of enabled plugins in granted places; those that apply to a project when one is named. */
  list(project?: string): Promise<ViewDto[]> {
    return this.#transport.items(`${this.#transport.organization}/views`, { project });
  }

  /** The themes of enabled plugins. */
  themes(): Promise<ThemeDto[]> {
    return this.#transport.items(`${this.#transport.organization}/themes`);
  }

  /** A host call as the plugin's view, through the permission gate. Throws the platform's or the tool's error. */
  call(plugin: string, body: HostCallBody, signal?: AbortSignal): Promise<HostCallAnswerDto> {
    return this.#transport.json("POST", this.#path(plugin, "host-calls"), {
      body,
      ...(signal && { signal }),
    });
  }

  /**
   * The same for a call that streams: `chunk` takes each value as it comes. Where bytes follow a value, `head` takes that first, and
   * `chunk` then takes the bytes in base64.
   */
  async stream(
    plugin: string,
    body: HostCallBody,
    { head, chunk }: { readonly head: (value: unknown) => void; readonly chunk: (value: unknown) => void },
    signal?: AbortSignal,
  ): Promise<HostCallAnswerDto> {
    const parts = { body, ...(signal && { signal }) };
    let answer: HostCallAnswerDto = { value: null };
    for await (const { event, data } of this.#transport.events(
      "POST",
      this.#path(plugin, "host-calls"),
      parts,
    )) {
      if (event === "value") answer = data as HostCallAnswerDto;
      else if (event === "head") head((data as HostCallAnswerDto).value);
      else chunk(data);
    }
    return answer;
  }

  /** For the plugin's log; the state of the installation may become `error`. */
  reportFault(plugin: string, body: UiFaultBody): Promise<void> {
    return this.#transport.nothing("POST", this.#path(plugin, "ui-faults"), { body });
  }

  #path(plugin: string, what: string): string {
    return `${this.#transport.organization}/plugins/${encodeURIComponent(plugin)}/${what}`;
  }
}
