package io.holdfast.transaction.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a participant depends on in a MariaDB.
 *
 * @param values of global variables, by name; those that the server does not know are missing
 */
record MariaDbSettings(Map<String, String> values) {

  private static final String QUERY =
      "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('version', 'read_only', 'wsrep_on',"
          + " 'legacy_xa_rollback_at_disconnect', 'innodb_flush_log_at_trx_commit', 'log_bin',"
          + " 'sync_binlog', 'server_uid')";

  private static final Pattern VERSION = Pattern.compile("(?:5\\.5\\.5-)?([0-9]+)\\.([0-9]+).*");
  private static final int OLDEST = 10_05;

  MariaDbSettings {
    values = Map.copyOf(values);
  }

  static MariaDbSettings read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(QUERY)) {
      Map<String, String> values = new HashMap<>();
      while (rows.next()) {
        values.put(
            rows.getString(1).toLowerCase(Locale.ROOT),
            Optional.ofNullable(rows.getString(2)).orElse(""));
      }
      return new MariaDbSettings(values);
    }
  }

  String version() {
    return values.getOrDefault("version", "");
  }

  /** What tells it from another server in its place; empty if it does not say. */
  String server() {
    return values.getOrDefault("server_uid", "");
  }

  /** Why it cannot take part: a prepared branch may end by itself there, or may be missing. */
  Optional<String> refusal() {
    Matcher form = VERSION.matcher(version());
    if (!version().toLowerCase(Locale.ROOT).contains("mariadb")
        || !form.matches()
        || Integer.parseInt(form.group(1)) * 100 + Integer.parseInt(form.group(2)) < OLDEST) {
      return Optional.of(
          "MariaDB 10.5 or later is needed, where a prepared branch outlives its connection, not "
              + version());
    }
    if (isOn("legacy_xa_rollback_at_disconnect")) {
      return Optional.of(
          "legacy_xa_rollback_at_disconnect is on: the server rolls prepared branches back with"
              + " their connection; switch that off");
    }
    if (isOn("wsrep_on")) {
      return Optional.of("a node of Galera, which does not replicate XA branches");
    }
    return isOn("read_only")
        ? Optional.of("read_only is on: a replica, which may be behind")
        : Optional.empty();
  }

  /**
   * Refuses servers that cannot take part.
   *
   * @throws IllegalStateException if it cannot
   */
  void check() {
    refusal()
        .ifPresent(
            why -> {
              throw new IllegalStateException(why);
            });
  }

  /** What may lose branches, each with what to do. */
  Map<String, String> warnings() {
    Map<String, String> warnings = new LinkedHashMap<>();
    if (!values.getOrDefault("innodb_flush_log_at_trx_commit", "1").equals("1")) {
      warnings.put(
          "innodb_flush_log_at_trx_commit is not 1: a crash of the machine may lose what is"
              + " prepared or committed",
          "set it to 1");
    }
    if (isOn("log_bin") && !values.getOrDefault("sync_binlog", "1").equals("1")) {
      warnings.put(
          "sync_binlog is not 1: after a crash of the machine the binary log may lack what is"
              + " prepared, and replicas with it",
          "set it to 1");
    }
    return warnings;
  }

  private boolean isOn(String name) {
    String value = values.getOrDefault(name, "OFF");
    return value.equalsIgnoreCase("ON") || value.equals("1");
  }
}
