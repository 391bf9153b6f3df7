package io.holdfast.payment.ledger.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.ledger.DatabaseConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What somebody does to the databases who may do everything there, with all triggers off. The audit
 * sees it; then it is rolled back, so that the next one finds the books whole.
 */
final class Damage implements AutoCloseable {

  private final AuditedBooks books;
  private final Map<String, Connection> connections = new TreeMap<>();

  Damage(AuditedBooks books) throws SQLException {
    this.books = books;
    for (Map.Entry<String, DatabaseConfig> each : books.databases.entrySet()) {
      DatabaseConfig database = each.getValue();
      Connection connection =
          DriverManager.getConnection(database.url(), database.user(), database.password());
      connection.setAutoCommit(false);
      connections.put(each.getKey(), connection);
      Snapshot.prepareViews(connection);
      execute(each.getKey(), "SET LOCAL session_replication_role = replica");
    }
  }

  Connection connection(String database) {
    return Optional.ofNullable(connections.get(database)).orElseThrow();
  }

  /** Changes definitions. */
  Damage execute(String database, String sql) throws SQLException {
    try (Statement statement = connection(database).createStatement()) {
      statement.execute(sql);
    }
    return this;
  }

  /** Changes rows, at least one. */
  Damage change(String database, String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = connection(database).prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      assertThat(statement.executeUpdate()).as(sql).isPositive();
    }
    return this;
  }

  /** The number of the journal row of a request. */
  long seq(String database, int shard, String key) throws SQLException {
    try (PreparedStatement query =
        connection(database)
            .prepareStatement("SELECT min(seq) FROM journal WHERE shard = ? AND key = ?")) {
      query.setInt(1, shard);
      query.setString(2, key);
      try (ResultSet row = query.executeQuery()) {
        assertThat(row.next()).isTrue();
        assertThat(row.getLong(1)).isPositive();
        return row.getLong(1);
      }
    }
  }

  /** Gives a row the hash that it should have after the one before. */
  Damage rehash(String database, int shard, long seq) throws SQLException {
    List<Effect> effects = new ArrayList<>();
    try (EffectCursor cursor =
        new EffectCursor(new Snapshot(database, connection(database)), shard)) {
      cursor.read(
          new EffectCursor.Reader() {
            @Override
            public void effect(Effect effect) {
              effects.add(effect);
            }

            @Override
            public void orphan(Effect.Entry entry) {}
          });
    }
    String before = "";
    for (Effect effect : effects) {
      if (effect.seq() == seq) {
        change(
            database,
            "UPDATE journal SET hash = decode(?, 'hex') WHERE shard = ? AND seq = ?",
            effect.hashAfter(before),
            shard,
            seq);
      }
      before = effect.hash();
    }
    return this;
  }

  Findings findings() throws SQLException {
    List<Snapshot> snapshots = new ArrayList<>();
    connections.forEach((name, connection) -> snapshots.add(new Snapshot(name, connection)));
    Notes notes = new Notes();
    Audit.judge(snapshots, books.rules(), books.clients, notes);
    return notes.findings();
  }

  /** Each finding as the check and where it failed, in any order. */
  List<String> found() throws SQLException {
    Findings findings = findings();
    assertThat(findings.isClean()).isEqualTo(findings.found().isEmpty());
    return findings.found().stream().map(each -> each.check() + " " + each.where()).toList();
  }

  /** For what another connection has to see. The triggers are on again after it. */
  void commit() throws SQLException {
    for (Connection each : connections.values()) {
      each.commit();
    }
  }

  @Override
  public void close() throws SQLException {
    for (Connection each : connections.values()) {
      each.rollback();
      each.close();
    }
  }
}
