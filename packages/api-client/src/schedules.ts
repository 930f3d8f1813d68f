import type { ScheduleCancelledDto, ScheduleDto, ScheduleRunDto } from "@patchbay/protocol";
import type { Page, PageQuery, Transport } from "./transport.ts";

/** What plugins do at times of their own. */
export class SchedulesApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Those of one plugin, or of all. */
  list(plugin?: string): Promise<ScheduleDto[]> {
    const { organization } = this.#transport;
    return this.#transport.items(
      plugin === undefined ? `${organization}/schedules` : `${this.#ofPlugin(plugin)}`,
    );
  }

  /** Answers with the run, which is queued. Throws `schedule_running` while another one is under way. */
  run(plugin: string, schedule: string): Promise<ScheduleRunDto> {
    return this.#transport.json("POST", `${this.#one(plugin, schedule)}/run`);
  }

  /** Ends the run that is under way; whether there was one. */
  async cancel(plugin: string, schedule: string): Promise<boolean> {
    const path = `${this.#one(plugin, schedule)}/cancel`;
    return (await this.#transport.json<ScheduleCancelledDto>("POST", path)).cancelled;
  }

  setPaused(plugin: string, schedule: string, paused: boolean): Promise<ScheduleDto> {
    return this.#transport.json("PATCH", this.#one(plugin, schedule), { body: { paused } });
  }

  /** Newest first. */
  runs(plugin: string, schedule: string, page: PageQuery = {}): Promise<Page<ScheduleRunDto>> {
    return this.#transport.json("GET", `${this.#one(plugin, schedule)}/runs`, { query: { ...page } });
  }

  #ofPlugin(plugin: string): string {
    return `${this.#transport.organization}/plugins/${encodeURIComponent(plugin)}/schedules`;
  }

  #one(plugin: string, schedule: string): string {
    return `${this.#ofPlugin(plugin)}/${encodeURIComponent(schedule)}`;
  }
}
