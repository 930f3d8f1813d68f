/** All tables that a backup holds; one that refers to another comes after it. */
export const KEPT_TABLES = [
  ...["organizations", "users", "identities", "sessions", "known_networks", "members", "projects"],
  ...["project_members", "api_keys", "password_links", "invitations"],
  ...["packages", "installations", "installation_settings"],
  ...["plugin_usage", "plugin_values", "plugin_files", "plugin_logs", "calls"],
  ...["conversations", "conversation_messages", "message_hooks"],
  ...["audit_events", "notifications", "notification_reads", "artifacts", "plugin_requests"],
  ...["registry_publishers", "registry_publisher_keys", "registry_tokens", "registry_packages"],
  ...["registry_versions", "registry_submissions", "registry_advisories", "registry_blocks"],
  ...["publisher_keys", "source_tokens", "offers", "marketplace_feeds", "advisories", "blocked_versions"],
  ...["auto_updates", "auto_update_failures", "secret_keys"],
  ...["schedules", "schedule_runs"],
  // Nothing is counted while rows are restored, so that the counts are restored as well.
  ...["kept_responses", "kept_response_usage"],
  ...["model_rules", "toolsets", "mcp_servers"],
  ...["model_usage", "model_prices", "model_budgets", "model_budget_counts"],
  ...["endpoints", "endpoint_secrets", "endpoint_requests", "endpoint_messages"],
  ...["memory_spaces", "memories", "memory_changes", "memory_extractions"],
];

/** What is of no use elsewhere: answers to repeat, counted attempts, the address of the first administrator, notes of migrations. */
export const LEFT_OUT_TABLES = [
  ...["idempotency_keys", "sign_in_attempts", "setup_links"],
  // Of the processes that there are, and whose turn something is.
  ...["nodes", "jobs", "model_budget_holds"],
  ...["kysely_migration", "kysely_migration_lock"],
];
