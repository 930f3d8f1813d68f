/**
 * Every code that Patchbay answers with, its HTTP status and what a person can do about it. The list is the contract:
 * `docs/errors.md` is compared with it by a test. Messages may change, codes may not.
 */
export const ERROR_CODES = {
  // The request itself
  invalid_request: [
    400,
    "Something in the request is missing or has the wrong form.",
    "Mend the fields named in `errors`.",
  ],
  invalid_input: [422, "The tool's input does not match its schema.", "Mend the fields named in `errors`."],
  idempotency_conflict: [
    422,
    "The same Idempotency-Key came with another request.",
    "Use a new key for a new request.",
  ],
  idempotency_in_progress: [
    409,
    "A request with this Idempotency-Key is still running.",
    "Wait for it, then repeat the request.",
  ],
  payload_too_large: [
    413,
    "The request is larger than this route takes.",
    "Send less; the message names the limit.",
  ],
  request_timeout: [
    408,
    "The request did not arrive in time.",
    "Send it again, over a faster line or in smaller parts.",
  ],
  method_not_allowed: [
    405,
    "The address is known, but not with this method.",
    "Use one of the methods that `Allow` names.",
  ],
  unsupported_media_type: [
    415,
    "The body has a content type that this route does not read.",
    "Send JSON, or multipart for uploads.",
  ],
  not_found: [404, "There is nothing at this address.", "Check the address against /openapi.json."],
  rate_limited: [429, "Too many requests.", "Wait for the time that Retry-After names."],
  internal: [500, "Patchbay itself failed.", "Look for the request id in the server's log and report it."],
  not_available: [
    501,
    "This part of Patchbay is not available in this version.",
    "Do without it, or update Patchbay.",
  ],
  insufficient_storage: [
    507,
    "There is no room left where Patchbay keeps its data.",
    "Free some space on the disk of the data folder or of the database, and try again.",
  ],
  unavailable: [503, "The server is starting, stopping or has lost its database.", "Try again in a moment."],

  // People and rights
  unauthenticated: [
    401,
    "The request names nobody that Patchbay knows.",
    "Sign in, or send a valid API key.",
  ],
  bad_credentials: [401, "E-mail address and password do not belong together.", "Check both and try again."],
  forbidden: [
    403,
    "The caller does not have the right that this needs.",
    "Ask an administrator of the organization for it.",
  ],
  policy_blocked: [
    403,
    "A rule of the organization's policy does not allow this.",
    "`rule` names it; an owner or administrator of the organization can change it.",
  ],
  lock_blocked: [
    409,
    "A part of the lock file cannot be applied here; nothing was changed.",
    "`changes` names what is in the way of each; mend that, or the file.",
  ],
  cross_origin: [403, "A browser sent this from another site.", "Use the console, or an API key."],
  organization_not_found: [
    404,
    "There is no such organization for this caller.",
    "Check its name; GET /api/me lists yours.",
  ],
  project_not_found: [
    404,
    "There is no such project in this organization.",
    "Check its name against the list of projects.",
  ],
  project_in_use: [
    409,
    "Plugins apply to this project and to no other.",
    "Change the scope of those listed in `plugins`, or uninstall them, first.",
  ],
  user_not_found: [404, "There is no such person in this organization.", "Check the list of members."],
  api_key_not_found: [404, "There is no such API key.", "Check the list of API keys."],
  already_exists: [409, "Something with this name exists already.", "Choose another name."],
  last_owner: [409, "An organization needs an owner.", "Make someone else owner first."],
  sign_in_expired: [
    400,
    "This sign-in was begun too long ago or in another browser, or is over already.",
    "Begin again on the sign-in page.",
  ],
  sign_in_failed: [
    403,
    "The sign-in provider refused, or its answer could not be accepted.",
    "Try again; an administrator finds the reason in the server's log.",
  ],
  sign_in_unavailable: [
    503,
    "The sign-in provider cannot be reached.",
    "Try again in a moment, or sign in with a password.",
  ],
  sign_in_not_allowed: [
    403,
    "The sign-in provider knows this person, but nobody here does.",
    "Ask an administrator to add your e-mail address.",
  ],
  email_unverified: [
    403,
    "The sign-in provider does not vouch for the e-mail address.",
    "Confirm the address with the provider, then sign in again.",
  ],
  link_invalid: [
    403,
    "This link was used, has expired or was replaced by another one.",
    "Ask whoever gave it to you for another one.",
  ],
  setup_link_invalid: [
    403,
    "This set-up link was used, has expired or never existed.",
    "Restart the server to get a new one.",
  ],

  // Packages
  package_too_large: [
    413,
    "The package is larger than 50 MiB.",
    "Remove what the plugin does not need, or load it at run time.",
  ],
  archive_unreadable: [
    422,
    "The file is not a zip archive, or it is cut off.",
    "Pack it again with `patchbay plugin pack`.",
  ],
  archive_too_many_entries: [
    422,
    "The package has more than 5,000 entries.",
    "Bundle the code and leave out what is not used.",
  ],
  archive_unpacked_too_large: [
    422,
    "The package unpacks to more than 200 MiB.",
    "Leave out what is not used.",
  ],
  archive_ratio: [422, "An entry unpacks to far more than its packed size.", "Leave the entry out."],
  archive_traversal: [
    422,
    "An entry's path leads out of the package.",
    "Use paths inside the package, without `..`.",
  ],
  archive_absolute_path: [422, "An entry's path is absolute.", "Use relative paths."],
  archive_backslash: [422, "An entry's path contains a backslash.", "Separate folders by a slash."],
  archive_bad_name: [
    422,
    "An entry's name has control characters, is too long or is not valid UTF-8.",
    "Rename the entry.",
  ],
  archive_symlink: [422, "An entry is a symbolic link.", "Replace the link by the file."],
  archive_special_file: [422, "An entry is neither a file nor a folder.", "Leave the entry out."],
  archive_duplicate: [422, "Two entries have the same name.", "Pack again; each name may come once."],
  archive_case_collision: [
    422,
    "Two entries' names differ in case or Unicode form only.",
    "Rename one of them.",
  ],
  archive_encrypted: [422, "An entry is encrypted.", "Pack without a password."],
  archive_bad_crc: [
    422,
    "An entry's checksum is wrong.",
    "The file was damaged on its way; pack or upload it again.",
  ],
  archive_size_mismatch: [
    422,
    "An entry is longer or shorter than the archive says.",
    "Pack it again with `patchbay plugin pack`.",
  ],
  archive_overlap: [422, "Entries of the archive overlap.", "Pack it again with `patchbay plugin pack`."],
  archive_hidden_data: [
    422,
    "The archive holds data that no entry lists.",
    "Pack it again with `patchbay plugin pack`.",
  ],
  archive_header_mismatch: [
    422,
    "An entry is described differently in two places of the archive.",
    "Pack it again with `patchbay plugin pack`.",
  ],
  archive_unsupported: [
    422,
    "The archive uses a feature that packages may not use.",
    "Use stored or deflated entries in one file.",
  ],
  manifest_missing: [
    422,
    "There is no plugin.json at the root or in the single top-level folder.",
    "Add one; `patchbay plugin init` shows how.",
  ],
  manifest_invalid: [422, "plugin.json is not valid.", "Mend the fields named in `errors`."],
  entry_missing: [
    422,
    "A file that plugin.json names is not in the package.",
    "Build the plugin before packing it.",
  ],
  script_invalid: [
    422,
    "The server bundle cannot be turned into a script.",
    "The message names the file and line.",
  ],
  icon_invalid: [
    422,
    "The icon is not a picture that can be shown safely.",
    "Use a PNG, WebP or plain SVG of at most 256 KiB.",
  ],
  import_not_available: [
    422,
    "The server bundle imports a module that the sandbox does not have.",
    "Bundle the module, or use web APIs instead.",
  ],
  engine_mismatch: [
    422,
    "The plugin does not support this version of Patchbay.",
    "Choose another version of the plugin, or update Patchbay.",
  ],
  permission_unavailable: [
    422,
    "A permission is required or granted that this version of Patchbay does not have.",
    "Do without it, or update Patchbay.",
  ],
  signature_invalid: [
    422,
    "The package's signature.json is not a signature of a package.",
    "Sign the package again with `patchbay plugin sign`.",
  ],
  signature_mismatch: [
    422,
    "The package carries the signature of another plugin or version.",
    "Get the package from its publisher again, or sign it anew.",
  ],
  signature_revoked: [
    422,
    "The key that signed the package has been revoked.",
    "Get a version that is signed with a key that is in force.",
  ],
  package_modified: [
    422,
    "The package is not what was signed, or not what was admitted here.",
    "Get the package from its publisher again and upload it.",
  ],
  provenance_invalid: [
    422,
    "The package carries a statement of its build that does not hold.",
    "Build and attest the package again, or leave provenance.sigstore.json out.",
  ],
  key_invalid: [
    422,
    "This is not an Ed25519 key that can be used here.",
    "Make one with `patchbay plugin keygen`.",
  ],
  publisher_key_changed: [
    409,
    "A publisher shows a key that none of its known keys vouches for.",
    "Ask the publisher. An administrator of the deployment can forget the known keys.",
  ],
  publisher_unknown: [
    404,
    "No key of this publisher is known here.",
    "Check the name against the list of publishers.",
  ],
  version_exists: [409, "This version exists with other content.", "Raise the version in plugin.json."],
  directory_unreadable: [
    422,
    "The directory on the server's machine cannot be read.",
    "Check the path and its access rights.",
  ],
  package_not_found: [
    404,
    "The catalog has no such plugin or version.",
    "Check the name against the catalog.",
  ],
  artifact_missing: [
    500,
    "The package's bytes are not in the artifact store.",
    "Restore the store, or upload the version again.",
  ],
  artifact_corrupt: [
    500,
    "The package's bytes are not those that were stored.",
    "Restore the store, or upload the version again.",
  ],
  artifact_store_unavailable: [
    503,
    "The artifact store does not answer, or breaks off.",
    "Try again in a moment; what is installed goes on working meanwhile.",
  ],
  artifact_store_refused: [
    503,
    "The artifact store refuses Patchbay: its credentials, its bucket or its rights there.",
    "An administrator of the deployment checks the PATCHBAY_S3 variables.",
  ],

  version_blocked: [
    403,
    "A marketplace says that this version must not run.",
    "Use another version, or uninstall the plugin; the message gives the reason.",
  ],
  plugin_pinned: [
    409,
    "The plugin is pinned to other versions than this.",
    "Change the pin among the rules for automatic updates first.",
  ],
  bundle_invalid: [
    422,
    "The file is no bundle, or not whole.",
    "Copy it again, or make it anew with `patchbay bundle create`.",
  ],
  // Backups
  backup_invalid: [
    422,
    "The file is no backup that this Patchbay can restore, or not whole.",
    "Get it once more from where it was kept, or restore it with the Patchbay that the message names.",
  ],
  // Where packages come from
  marketplace_unavailable: [
    503,
    "A marketplace does not answer, answers too slowly or breaks off.",
    "Try again in a moment; what is installed goes on working meanwhile.",
  ],
  marketplace_invalid: [
    502,
    "What a marketplace answered is not what it should be, or not what it promised.",
    "Nothing was changed. Tell whoever runs the marketplace what the message says.",
  ],
  repository_not_found: [
    404,
    "There is no such repository on GitHub, or it is not public and the token does not reach it.",
    "Check the name `owner/repository`; give a token that may read its contents.",
  ],
  release_not_found: [
    404,
    "The repository has neither a release nor a tag of this version.",
    "Name one of its versions; tags are the version, or `v` and the version.",
  ],
  github_unavailable: [503, "GitHub does not answer, or breaks off.", "Try again in a moment."],
  github_rate_limited: [
    503,
    "GitHub takes no more requests for now.",
    "Wait until the time in `resetsAt`, or give a token: that allows more.",
  ],
  github_refused: [
    422,
    "GitHub does not accept the token.",
    "Make a new one that may read the repository's contents.",
  ],
  version_mismatch: [
    422,
    "The package is another plugin or version than the one that was asked for.",
    "Ask for the version that plugin.json names, or mend the release.",
  ],

  // The registry
  publisher_not_found: [
    404,
    "The registry has no such publisher.",
    "Check the name, or make the publisher with `patchbay registry publisher create`.",
  ],
  publisher_unproven: [
    403,
    "The publisher has not proved yet that it is who its name says.",
    "Prove it with a DNS record or a file on its website: `patchbay registry publisher prove`.",
  ],
  proof_failed: [
    422,
    "The domain does not say that it belongs to the publisher.",
    "Put the line that the message names there, and try again.",
  ],
  package_rejected: [
    422,
    "The package did not pass the registry's checks.",
    "Mend what `findings` lists and publish it again.",
  ],
  submission_not_found: [404, "The registry has no such submission.", "Check the list of submissions."],
  submission_decided: [
    409,
    "This submission does not wait for a decision.",
    "Look at the submission again; a package can be published anew.",
  ],
  advisory_not_found: [404, "The registry has no such advisory.", "Check the list of advisories."],

  // Installations
  request_not_found: [404, "There is no such request for this caller.", "Check the list of requests."],
  request_decided: [409, "Somebody has decided on this request already.", "Look at the request again."],
  plugin_not_installed: [404, "The organization has no such installation.", "Install the plugin first."],
  already_installed: [409, "The plugin is installed already.", "Use update to change its version."],
  plugin_enabled: [409, "The plugin is enabled.", "Disable it first, or add ?disable=true."],
  plugin_disabled: [409, "The plugin is disabled.", "An administrator can enable it."],
  plugin_failed: [
    409,
    "The plugin is in the state error.",
    "Read `lastError` of the installation; retry or roll back.",
  ],
  plugin_id_reserved: [
    409,
    "The plugin's id belongs to a plugin of the system catalog.",
    "Choose another id in plugin.json.",
  ],
  revision_changed: [
    412,
    "It was changed since the revision that If-Match names.",
    "Read it again, put your change to what is there now, and send the revision of its ETag.",
  ],
  plugin_busy: [409, "Another change of this installation is under way.", "Wait for it and try again."],
  plugin_out_of_scope: [
    403,
    "The plugin does not apply to this project.",
    "Ask an administrator to widen its project scope.",
  ],
  project_required: [422, "The plugin applies to certain projects only.", "Name one of them in `project`."],
  builtin: [403, "A built-in plugin cannot be uninstalled.", "Disable it instead."],
  grants_required: [
    409,
    "The plugin requires permissions that were not granted.",
    "Grant those listed in `missing`.",
  ],
  grant_invalid: [
    422,
    "A grant names a permission or scope that the plugin did not ask for.",
    "Grant what the manifest lists, or less.",
  ],
  settings_invalid: [
    422,
    "The settings do not match the plugin's schema.",
    "Mend the fields named in `errors`.",
  ],
  same_version: [409, "This version is the installed one.", "Nothing to do."],
  no_rollback: [
    409,
    "There is no earlier version to go back to.",
    "Update to the version that you want instead.",
  ],
  dependency_missing: [
    409,
    "The plugin needs another plugin that is neither installed nor in the catalog in a fitting version.",
    "Add those listed in `missing` to the catalog, or install them, first.",
  ],
  dependency_conflict: [
    409,
    "No version of a plugin suits everyone who needs it.",
    "`conflicts` names who wants what; update or uninstall one of them first.",
  ],
  dependency_cycle: [
    409,
    "Plugins need each other in a circle.",
    "`cycle` names them; choose another version of one.",
  ],
  dependency_disabled: [
    409,
    "The plugin needs another plugin that is not enabled.",
    "Enable those listed in `disabled` first.",
  ],
  dependency_in_use: [
    409,
    "Other plugins need this one.",
    "Disable or uninstall those listed in `dependents` first.",
  ],

  // Running plugins
  tool_not_found: [404, "The plugin has no such tool.", "Check GET /api/orgs/:org/tools."],
  conversation_not_found: [
    404,
    "There is no such conversation, or no such message in it, for this caller.",
    "List the conversations; one of a person is there in calls on behalf of that person alone.",
  ],
  model_not_found: [
    404,
    "There is no such model, or none that you may use.",
    "Use one of the models that GET /v1/models lists.",
  ],
  prompt_not_found: [
    404,
    "The plugin has no such prompt.",
    "Use one of those that prompts/list of /mcp names.",
  ],
  resource_not_found: [
    404,
    "No plugin that you may use has anything to read at this address.",
    "Use an address that resources/list or resources/templates/list of /mcp names.",
  ],
  hook_not_found: [
    404,
    "The plugin has no such message hook.",
    "Use one of the names that the message lists.",
  ],
  question_refused: [
    422,
    "A message hook of a plugin has refused the question.",
    "The message says which and why; write it otherwise, or ask an administrator of the organization.",
  ],
  hook_failed: [
    503,
    "A message hook of a plugin could not look at the question, which is therefore not asked.",
    "Try again. An administrator of the organization can mend the plugin, switch the hook off, or have questions go on without it.",
  ],
  model_failed: [
    502,
    "The model that a plugin asked did not answer.",
    "`reason` says why; come again after `retryAfterSeconds` where it is named.",
  ],
  call_not_found: [
    404,
    "The log of calls has no such call for this caller.",
    "List the calls; they go after the days that the organization's policy says, and with their plugin.",
  ],
  call_loop: [
    409,
    "A call would go round in plugins, or through too many of them.",
    "The message names the way that it took; the author of one of them has to end it.",
  ],
  local_models_off: [
    403,
    "The operator does not let model servers on this machine be looked for or used.",
    "The operator can set PATCHBAY_LOCAL_MODELS=on; others give an address in the plugin's settings.",
  ],
  local_server_not_found: [
    404,
    "No such model server answers on this machine, or it is at another address than the one that was agreed to.",
    "Start it, look for model servers again, and use what is found.",
  ],
  memory_not_found: [
    404,
    "There is no such memory, or no such namespace of memories.",
    "Make the namespace first; look at the list of memories again.",
  ],
  input_required: [
    409,
    "The tool waits for an answer of the person behind the call.",
    "Clients of the Model Context Protocol ask them, and call again with the answer.",
  ],
  nobody_to_ask: [
    422,
    "The tool asks something that nobody is there to answer.",
    "Call it from a client of the Model Context Protocol that can ask its user.",
  ],
  toolset_not_found: [404, "There is no such toolset.", "Look at the list of toolsets again."],
  budget_not_found: [404, "There is no such budget.", "Look at the list of budgets again."],
  budget_exceeded: [
    429,
    "A budget for models is used up, or cannot be counted on.",
    "Wait for the time that Retry-After names, if it does; an administrator can raise the budget that the message names.",
  ],
  response_not_found: [
    404,
    "No answer is kept under this id for this caller.",
    "Answers are found by who asked, in the same organization and project, for 30 days.",
  ],
  previous_response_not_found: [
    400,
    "The answer that is to be gone on from is not kept here, or one before it is not any more.",
    "Send the conversation in `input`.",
  ],
  response_item_not_found: [
    404,
    "The input refers to an item of an answer that is not kept here.",
    "Send the item itself.",
  ],
  activation_failed: [
    502,
    "The plugin could not be started.",
    "The message is the plugin's own; look at its logs.",
  ],
  contributions_mismatch: [
    502,
    "The plugin's code and its manifest do not list the same contributions.",
    "The author packs it again with `patchbay plugin pack`.",
  ],
  plugin_error: [502, "The plugin threw an error.", "The message is the plugin's own; look at its logs."],
  plugin_crashed: [
    502,
    "The plugin's process ended during the call.",
    "Try again; after repeated crashes the installation goes to error.",
  ],
  out_of_memory: [
    502,
    "The plugin used more memory than it may.",
    "Send less, or raise limits.memoryMb in its manifest.",
  ],
  cpu_exceeded: [
    502,
    "The plugin used more processor time than it may and was stopped.",
    "Try again with less to do; report it to the plugin's author when it happens without any call.",
  ],
  plugin_flooding: [
    502,
    "The plugin sent more than the host accepts and was stopped.",
    "Report it to the plugin's author.",
  ],
  protocol_violation: [
    502,
    "The plugin sent something that no plugin may send and was stopped.",
    "Report it to the plugin's author.",
  ],
  deadline_exceeded: [
    504,
    "The plugin did not answer in time.",
    "Try again with less to do, or raise limits.callSeconds in its manifest.",
  ],
  schedule_not_found: [
    404,
    "The plugin has no such schedule.",
    "Use one of the names that the message lists.",
  ],
  schedule_running: [
    409,
    "A run of this schedule is under way, and there is never more than one.",
    "Wait for its end, then run it again.",
  ],
  endpoint_not_found: [
    404,
    "There is no such endpoint, or it is switched off.",
    "Check the address; whoever runs the endpoint can look at its page.",
  ],
  endpoint_request_not_found: [
    404,
    "The endpoint's log has no such request.",
    "Look at the list of requests again; only the newest are kept.",
  ],
  endpoint_unauthenticated: [
    401,
    "The request has no key or signature that this endpoint knows.",
    "Send a key of the endpoint, or sign the message with its secret and the present time.",
  ],
  endpoint_failed: [
    502,
    "What answers at this endpoint has failed.",
    "Try again later; whoever runs the endpoint finds the cause in its list of requests.",
  ],
  message_under_way: [
    409,
    "A message of this id is just being delivered.",
    "Send it again later unless it was taken.",
  ],
  address_taken: [409, "There is an endpoint at this address already.", "Choose another one."],
  endpoint_body_not_kept: [
    409,
    "The body of this request was not kept, so that it cannot be made once more.",
    "Have the endpoint keep bodies, and let the sender send it again.",
  ],
  overloaded: [503, "Too many calls wait for this plugin.", "Try again in a moment."],
  cancelled: [499, "The caller went away before the answer.", "Nothing to do."],
  answer_too_large: [
    502,
    "The plugin's answer is too large for the form that it was asked for in.",
    "Ask for less, for events, or for files beside the JSON (`Accept: multipart/form-data`); the message names the limit.",
  ],

  // Inside the sandbox
  permission_denied: [
    403,
    "The plugin was not granted what this call needs.",
    "Grant the permission that the message names.",
  ],
  quota_exceeded: [429, "The plugin has used up what it may store or call.", "Delete something, or wait."],
  fetch_refused: [
    403,
    "The address may not be reached by plugins.",
    "Only public addresses of granted hosts can be reached.",
  ],
  fetch_failed: [
    502,
    "The remote server could not be reached or broke off.",
    "Try again; check the address.",
  ],
  fetch_too_large: [
    502,
    "The remote answer is larger than plugins may read.",
    "Ask the remote server for less.",
  ],
  secret_refused: [
    403,
    "A secret was about to be sent to a host that it is not for.",
    "Send it to the hosts that the setting names.",
  ],
} as const satisfies Record<string, readonly [status: number, meaning: string, remedy: string]>;

export type ErrorCode = keyof typeof ERROR_CODES;

export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === "string" && Object.hasOwn(ERROR_CODES, value);
